#include <charconv>

#include "call/platform.hpp"

namespace offhook::call {
namespace {

class VapiPlatform final : public Platform {
 public:
  VapiPlatform(net::HttpClient& client, vapi::RestOptions options, std::string phone_number_id)
      : vapi_(client, std::move(options)), phone_number_id_(std::move(phone_number_id)) {}

  [[nodiscard]] std::string_view name() const override { return "vapi"; }

  Task<std::string> create_assistant(store::Owner, json::object configuration, Deadline deadline) override {
    auto made = co_await vapi_.create_assistant(std::move(configuration), deadline);
    if (!made) co_return fail(made);
    co_return to_std_string(made->at("id"));
  }

  Task<void> update_assistant(store::Owner, std::string id, json::object configuration, Deadline deadline) override {
    auto updated = co_await vapi_.update_assistant(std::move(id), std::move(configuration), deadline);
    if (!updated) co_return fail(updated);
    co_return Result<void>{};
  }

  Task<void> remove_assistant(store::Owner, std::string id, Deadline deadline) override {
    return vapi_.remove_assistant(std::move(id), deadline);
  }

  Task<PlacedCall> place_call(CallOrder order, Deadline deadline) override {
    json::object customer{{"number", order.phone_number}};
    if (!order.customer_name.empty()) customer["name"] = order.customer_name;
    json::object fields{{"customer", std::move(customer)}};
    if (!phone_number_id_.empty()) fields["phoneNumberId"] = phone_number_id_;
    if (order.platform_assistant_id.empty()) {
      fields["assistant"] = std::move(order.assistant);
    } else {
      fields["assistantId"] = order.platform_assistant_id;
    }
    // A call takes no metadata of its own, and Vapi refuses fields that it does not know.
    fields["assistantOverrides"] = json::object{{"metadata", std::move(order.metadata)}};
    auto call = co_await vapi_.create_call(std::move(fields), deadline);
    if (!call) co_return fail(call);
    PlacedCall placed{.platform_id = to_std_string(call->at("id"))};
    const auto* status = call->if_contains("status");
    if (status != nullptr && status->is_string()) placed.status = to_std_string(*status);
    co_return placed;
  }

  Task<void> end_call(store::Owner, std::string platform_id, Deadline deadline) override {
    auto found = co_await vapi_.find_call(std::move(platform_id), deadline);
    if (!found) co_return fail(found);
    const json::value call(std::move(*found));
    if (find_string(call, "status") == "ended") co_return Result<void>{};
    const auto control_url = find_string_at(call, {"monitor", "controlUrl"});
    if (!control_url)
      co_return fail(ErrorKind::bad_gateway, "The platform gives no way to end this call.", "no monitor.controlUrl");
    co_return co_await vapi_.end_call(std::string(*control_url), deadline);
  }

 private:
  vapi::RestClient vapi_;
  std::string phone_number_id_;
};

}  // namespace

std::optional<int> platform_status(const Error& error) {
  constexpr std::string_view kPrefix = "http_";
  if (!error.code.starts_with(kPrefix)) return std::nullopt;
  int status = 0;
  const auto* end = error.code.data() + error.code.size();
  const auto parsed = std::from_chars(error.code.data() + kPrefix.size(), end, status);
  return parsed.ec == std::errc{} ? std::optional(status) : std::nullopt;
}

std::unique_ptr<Platform> make_vapi_platform(net::HttpClient& client, vapi::RestOptions options,
                                             std::string phone_number_id) {
  return std::make_unique<VapiPlatform>(client, std::move(options), std::move(phone_number_id));
}

}  // namespace offhook::call
