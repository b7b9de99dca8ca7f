#include <fmt/format.h>

#include "store/customers.hpp"
#include "tools/arguments.hpp"
#include "tools/factories.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

Result<ToolResult> run(sql::Connection& db, const ToolContext& context, const json::object& arguments) {
  auto customer = store::Customers(db, context.owner).find(text_argument(arguments, "customer_id").value_or(""));
  if (!customer) return fail(customer);
  if (!*customer) return refusal("unknown_customer", "I couldn't find an account with that customer number.");
  const auto& found = **customer;
  // Never the date of birth: it is what callers prove themselves with.
  return success(fmt::format("I found the account of {}. It is {}.", found.name, found.status),
                 {{"customer_id", found.id},
                  {"name", found.name},
                  {"phone", found.phone},
                  {"email", found.email},
                  {"status", found.status}});
}

}  // namespace

Tool get_customer_info() {
  return {.name = "get_customer_info",
          .description = "Look up a customer by their customer number.",
          .parameters =
              parameters_schema({{.name = "customer_id", .description = "The customer's number", .required = true}}),
          .effect = Effect::reads,
          .handler = run};
}

}  // namespace offhook::tools
