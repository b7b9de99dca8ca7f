#pragma once

#include <memory>
#include <string>

#include "base/secret.hpp"
#include "llm/providers/http_model.hpp"

namespace offhook::llm {

struct OpenAiOptions {
  std::string base_url = "https://api.openai.com/v1";
  Secret api_key;                     ///< empty: no Authorization header (local servers)
  std::string model = "gpt-4o-mini";  ///< unless the request names one
  Patience patience;
};

/// A model behind an OpenAI-compatible server: OpenAI, vLLM, llama.cpp, Ollama, Groq, Gemini's endpoint.
/// `client` must outlive it. Source of the wire: OpenAI API reference, chat completions, streaming.
[[nodiscard]] std::unique_ptr<ChatModel> make_openai_model(net::HttpClient& client, OpenAiOptions options);

}  // namespace offhook::llm
