#include "llm/providers/anthropic.hpp"

#include "llm/providers/anthropic_wire.hpp"
#include "llm/providers/provider_error.hpp"

namespace offhook::llm {
namespace {

class AnthropicWire final : public ProviderWire {
 public:
  explicit AnthropicWire(AnthropicOptions options)
      : options_(std::move(options)), name_("anthropic:" + options_.model) {}
  std::string_view name() const override { return name_; }
  std::string model_for(const ChatRequest&) const override { return options_.model; }

  net::ClientRequest to_request(const ChatRequest& request, UtcTime) const override {
    net::ClientRequest call{.method = "POST", .url = options_.base_url + "/v1/messages"};
    call.headers = {{"Content-Type", "application/json"},
                    {"Accept", "text/event-stream"},
                    {"anthropic-version", "2023-06-01"},
                    {"x-api-key", std::string(options_.api_key.reveal())}};
    call.body = json::serialize(to_anthropic_request(request, options_.model));
    return call;
  }
  std::unique_ptr<AnswerDecoder> make_decoder(const ChatRequest&) const override {
    return std::make_unique<AnthropicStreamDecoder>();
  }
  Error to_error(const net::ResponseHead& head, std::string_view body, UtcTime now) const override {
    return error_of(head, body, now);
  }

 private:
  AnthropicOptions options_;
  std::string name_;
};

}  // namespace

std::unique_ptr<ChatModel> make_anthropic_model(net::HttpClient& client, AnthropicOptions options) {
  const Patience patience = options.patience;
  return make_http_model(client, std::make_unique<AnthropicWire>(std::move(options)), patience);
}

}  // namespace offhook::llm
