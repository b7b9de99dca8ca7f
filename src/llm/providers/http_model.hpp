#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "llm/chat_model.hpp"
#include "llm/providers/answer_decoder.hpp"
#include "net/http_client.hpp"

namespace offhook::llm {

/// How long a provider may keep us waiting. Zero: it has no limit of its own, because a chain keeps the time.
struct Patience {
  Duration connect = std::chrono::seconds(5);       ///< until the request has left
  Duration first_token = std::chrono::seconds(10);  ///< from the request to the first sign of the answer
  Duration between_tokens = std::chrono::seconds(15);
};

/// What differs between providers that answer over HTTP. Immutable, thread-safe, pure.
class ProviderWire {
 public:
  virtual ~ProviderWire() = default;
  /// The provider and its model, as the log and `offhook doctor` name them, such as "gemini:gemini-2.5-flash".
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// The model that is asked.
  [[nodiscard]] virtual std::string model_for(const ChatRequest& request) const = 0;
  /// Method, URL, headers (credentials among them) and body.
  [[nodiscard]] virtual net::ClientRequest to_request(const ChatRequest& request, UtcTime now) const = 0;
  /// Media type of a streamed answer.
  [[nodiscard]] virtual std::string_view stream_type() const { return "text/event-stream"; }
  [[nodiscard]] virtual std::unique_ptr<AnswerDecoder> make_decoder(const ChatRequest& request) const = 0;
  /// An answer whose status is not 200.
  [[nodiscard]] virtual Error to_error(const net::ResponseHead& head, std::string_view body, UtcTime now) const = 0;
};

/// A model behind HTTP. A server that answers with one JSON document in place of a stream is understood too.
/// `client` must outlive it.
[[nodiscard]] std::unique_ptr<ChatModel> make_http_model(net::HttpClient& client, std::unique_ptr<ProviderWire> wire,
                                                         Patience patience);

}  // namespace offhook::llm
