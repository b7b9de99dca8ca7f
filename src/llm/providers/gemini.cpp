#include "llm/providers/gemini.hpp"

#include "llm/providers/gemini_wire.hpp"

namespace offhook::llm {
namespace {

class GeminiWire final : public ProviderWire {
 public:
  explicit GeminiWire(GeminiOptions options) : options_(std::move(options)), name_("gemini:" + options_.model) {}
  std::string_view name() const override { return name_; }
  std::string model_for(const ChatRequest&) const override { return options_.model; }

  net::ClientRequest to_request(const ChatRequest& request, UtcTime) const override {
    net::ClientRequest call{.method = "POST"};
    call.url = options_.base_url + "/v1beta/models/" + options_.model + ":streamGenerateContent?alt=sse";
    call.headers = {{"Content-Type", "application/json"},
                    {"Accept", "text/event-stream"},
                    {"x-goog-api-key", std::string(options_.api_key.reveal())}};
    call.body = json::serialize(to_gemini_request(request, options_.model));
    return call;
  }
  std::unique_ptr<AnswerDecoder> make_decoder(const ChatRequest&) const override {
    return std::make_unique<GeminiStreamDecoder>();
  }
  Error to_error(const net::ResponseHead& head, std::string_view body, UtcTime now) const override {
    return to_gemini_error(head, body, now);
  }

 private:
  GeminiOptions options_;
  std::string name_;
};

}  // namespace

std::unique_ptr<ChatModel> make_gemini_model(net::HttpClient& client, GeminiOptions options) {
  const Patience patience = options.patience;
  return make_http_model(client, std::make_unique<GeminiWire>(std::move(options)), patience);
}

}  // namespace offhook::llm
