#include "exchange/exchange_platform.hpp"

namespace offhook::exchange {
namespace {

/// Takes "secret" out of every "server".
void drop_secrets(json::value& value) {
  if (value.is_array()) {
    for (auto& item : value.get_array()) drop_secrets(item);
  }
  if (!value.is_object()) return;
  for (auto& [key, member] : value.get_object()) {
    if (key == "server" && member.is_object()) member.get_object().erase("secret");
    drop_secrets(member);
  }
}

json::object without_secrets(json::object configuration) {
  json::value value(std::move(configuration));
  drop_secrets(value);
  return std::move(value.get_object());
}

class ExchangePlatform final : public call::Platform {
 public:
  explicit ExchangePlatform(Exchange& exchange) : exchange_(exchange) {}

  [[nodiscard]] std::string_view name() const override { return "exchange"; }

  Task<std::string> create_assistant(store::Owner owner, json::object configuration, Deadline) override {
    auto made = co_await exchange_.create_assistant(std::move(owner), without_secrets(std::move(configuration)));
    if (!made) co_return fail(made);
    co_return to_std_string(made->at("id"));
  }

  Task<void> update_assistant(store::Owner owner, std::string id, json::object configuration, Deadline) override {
    auto updated =
        co_await exchange_.update_assistant(std::move(owner), std::move(id), without_secrets(std::move(configuration)));
    if (!updated) co_return fail(updated);
    co_return Result<void>{};
  }

  Task<void> remove_assistant(store::Owner owner, std::string id, Deadline) override {
    auto removed = co_await exchange_.remove_assistant(std::move(owner), std::move(id));
    if (!removed) co_return fail(removed);
    co_return Result<void>{};
  }

  Task<call::PlacedCall> place_call(call::CallOrder order, Deadline) override {
    json::object customer{{"number", order.phone_number}};
    if (!order.customer_name.empty()) customer["name"] = order.customer_name;
    json::object fields{{"customer", std::move(customer)}, {"metadata", std::move(order.metadata)}};
    if (order.platform_assistant_id.empty()) {
      fields["assistant"] = without_secrets(std::move(order.assistant));
    } else {
      fields["assistantId"] = order.platform_assistant_id;
    }
    auto made = co_await exchange_.create_call(order.owner, std::move(fields));
    if (!made) co_return fail(made);
    co_return call::PlacedCall{.platform_id = to_std_string(made->at("id"))};
  }

  Task<void> end_call(store::Owner owner, std::string platform_id, Deadline) override {
    auto ended = co_await exchange_.end_call(std::move(owner), std::move(platform_id));
    if (!ended) co_return fail(ended);
    co_return Result<void>{};
  }

 private:
  Exchange& exchange_;
};

}  // namespace

std::unique_ptr<call::Platform> make_exchange_platform(Exchange& exchange) {
  return std::make_unique<ExchangePlatform>(exchange);
}

}  // namespace offhook::exchange
