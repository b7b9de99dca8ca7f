#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "llm/chat_model.hpp"
#include "llm/providers/answer_decoder.hpp"
#include "llm/providers/http_model.hpp"
#include "net/http_client.hpp"

namespace offhook::llm::testing {

/// What every provider's error text holds in these fakes, to see that no caller reads it.
inline constexpr std::string_view kProviderText = "UPSTREAM-SAYS-SO";
inline constexpr std::string_view kDialectKey = "key-for-tests";

/// How one provider speaks on the wire, for tests that run against all of them.
struct Dialect {
  std::string name;
  std::string stream_type;    ///< media type of a stream
  std::string path;           ///< of the request
  std::string authorization;  ///< what the request's head must hold
  std::function<std::unique_ptr<ChatModel>(net::HttpClient&, Patience)> make_model;
  std::function<std::unique_ptr<AnswerDecoder>()> make_decoder;

  std::string begin;                                  ///< before anything else
  std::function<std::string(std::string_view)> text;  ///< a piece of text
  std::function<std::string(int index, std::string id, std::string name, std::vector<std::string> arguments)> tool;
  std::function<std::string(bool calls_tools)> end;         ///< the rest of a good answer: 21 tokens in, 7 out
  std::string error;                                        ///< an error in mid-stream
  std::string garbage;                                      ///< something that is not this protocol
  std::string half_character;                               ///< text cut inside a character
  std::string endless;                                      ///< 10 MB without an end
  std::function<std::string(std::string_view text)> whole;  ///< an answer as one JSON document
  std::function<std::string(int status)> error_body;
  ErrorKind mid_stream = ErrorKind::bad_gateway;  ///< what `error` becomes
};

/// OpenAI, Anthropic, Gemini, Bedrock. Their models expect their server at http://fake.
[[nodiscard]] const std::vector<Dialect>& all_dialects();

/// Bytes of one application/vnd.amazon.eventstream message with text headers.
[[nodiscard]] std::string make_event_frame(const std::vector<std::pair<std::string, std::string>>& headers,
                                           std::string_view payload);

/// The head of an answer without a length: its body ends with the connection.
[[nodiscard]] std::string http_head(int status, std::string_view content_type, std::string_view more_headers = {});

}  // namespace offhook::llm::testing
