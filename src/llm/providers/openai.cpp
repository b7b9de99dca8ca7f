#include "llm/providers/openai.hpp"

#include "llm/providers/openai_wire.hpp"

namespace offhook::llm {
namespace {

class OpenAiWire final : public ProviderWire {
 public:
  explicit OpenAiWire(OpenAiOptions options)
      : options_(std::move(options)),
        name_("openai:" + options_.model),
        // OpenAI's newer models refuse max_tokens; other servers may not know the new name.
        length_field_(options_.base_url.starts_with("https://api.openai.com") ? "max_completion_tokens"
                                                                              : "max_tokens") {}
  std::string_view name() const override { return name_; }
  std::string model_for(const ChatRequest& request) const override {
    return request.model.empty() ? options_.model : request.model;
  }

  net::ClientRequest to_request(const ChatRequest& request, UtcTime) const override {
    net::ClientRequest call{.method = "POST", .url = options_.base_url + "/chat/completions"};
    call.headers = {{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}};
    if (!options_.api_key.empty()) {
      call.headers.emplace_back("Authorization", "Bearer " + std::string(options_.api_key.reveal()));
    }
    call.body = json::serialize(to_openai_request(request, options_.model, length_field_));
    return call;
  }
  std::unique_ptr<AnswerDecoder> make_decoder(const ChatRequest&) const override {
    return std::make_unique<OpenAiStreamDecoder>();
  }
  Error to_error(const net::ResponseHead& head, std::string_view body, UtcTime now) const override {
    return to_openai_error(head, body, now);
  }

 private:
  OpenAiOptions options_;
  std::string name_;
  std::string_view length_field_;
};

}  // namespace

std::unique_ptr<ChatModel> make_openai_model(net::HttpClient& client, OpenAiOptions options) {
  const Patience patience = options.patience;
  return make_http_model(client, std::make_unique<OpenAiWire>(std::move(options)), patience);
}

}  // namespace offhook::llm
