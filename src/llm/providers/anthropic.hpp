#pragma once

#include <memory>
#include <string>

#include "base/secret.hpp"
#include "llm/providers/http_model.hpp"

namespace offhook::llm {

struct AnthropicOptions {
  std::string base_url = "https://api.anthropic.com";
  Secret api_key;
  std::string model = "claude-haiku-4-5";
  Patience patience;
};

/// Anthropic's Messages API. `client` must outlive it. A request's own model is not looked at: its name belongs to
/// another provider. Source of the wire: Anthropic API reference, "Messages" and "Streaming messages".
[[nodiscard]] std::unique_ptr<ChatModel> make_anthropic_model(net::HttpClient& client, AnthropicOptions options);

}  // namespace offhook::llm
