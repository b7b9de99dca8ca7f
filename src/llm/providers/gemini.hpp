#pragma once

#include <memory>
#include <string>

#include "base/secret.hpp"
#include "llm/providers/http_model.hpp"

namespace offhook::llm {

struct GeminiOptions {
  std::string base_url = "https://generativelanguage.googleapis.com";
  Secret api_key;
  std::string model = "gemini-2.5-flash";
  Patience patience;
};

/// Google's Gemini API, streamGenerateContent. `client` must outlive it. A request's own model is not looked at.
/// Source of the wire: Gemini API reference, "Generating content".
[[nodiscard]] std::unique_ptr<ChatModel> make_gemini_model(net::HttpClient& client, GeminiOptions options);

}  // namespace offhook::llm
