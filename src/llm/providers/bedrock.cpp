#include "llm/providers/bedrock.hpp"

#include "llm/providers/bedrock_wire.hpp"

namespace offhook::llm {
namespace {

class BedrockWire final : public ProviderWire {
 public:
  explicit BedrockWire(BedrockOptions options) : options_(std::move(options)), name_("bedrock:" + options_.model) {
    const std::string base =
        options_.base_url.empty() ? "https://bedrock-runtime." + options_.region + ".amazonaws.com" : options_.base_url;
    url_ = base + "/model/" + aws_percent_encode(options_.model) + "/converse-stream";
  }
  std::string_view name() const override { return name_; }
  std::string model_for(const ChatRequest&) const override { return options_.model; }
  std::string_view stream_type() const override { return "application/vnd.amazon.eventstream"; }

  net::ClientRequest to_request(const ChatRequest& request, UtcTime now) const override {
    net::ClientRequest call{.method = "POST", .url = url_};
    call.headers = {{"Content-Type", "application/json"}, {"Accept", "application/vnd.amazon.eventstream"}};
    call.body = json::serialize(to_bedrock_request(request));
    if (!options_.bearer_token.empty()) {
      call.headers.emplace_back("Authorization", "Bearer " + std::string(options_.bearer_token.reveal()));
    } else {
      // A URL that cannot be signed cannot be sent either: the client says so.
      (void)sign_aws_request(call, options_.credentials, options_.region, "bedrock", now);
    }
    return call;
  }
  std::unique_ptr<AnswerDecoder> make_decoder(const ChatRequest&) const override {
    return std::make_unique<BedrockStreamDecoder>();
  }
  Error to_error(const net::ResponseHead& head, std::string_view body, UtcTime now) const override {
    return to_bedrock_error(head, body, now);
  }

 private:
  BedrockOptions options_;
  std::string name_;
  std::string url_;
};

}  // namespace

std::unique_ptr<ChatModel> make_bedrock_model(net::HttpClient& client, BedrockOptions options) {
  const Patience patience = options.patience;
  return make_http_model(client, std::make_unique<BedrockWire>(std::move(options)), patience);
}

}  // namespace offhook::llm
