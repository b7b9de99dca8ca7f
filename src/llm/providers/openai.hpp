#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "llm/chat_model.hpp"
#include "net/http_client.hpp"

namespace offhook::llm {

struct OpenAiOptions {
  std::string base_url = "https://api.openai.com/v1";
  Secret api_key;                                   ///< empty: no Authorization header (local servers)
  std::string model = "gpt-4o-mini";                ///< unless the request names one
  Duration first_event = std::chrono::seconds(10);  ///< from the request to the first event
  Duration between_events = std::chrono::seconds(15);
};

/// A model behind an OpenAI-compatible server: OpenAI, vLLM, llama.cpp, Ollama, Groq, Gemini's endpoint.
/// `client` must outlive it. Source of the wire: OpenAI API reference, chat completions, streaming.
[[nodiscard]] std::unique_ptr<ChatModel> make_openai_model(net::HttpClient& client, OpenAiOptions options);

}  // namespace offhook::llm
