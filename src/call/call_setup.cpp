#include "call/call_setup.hpp"

#include "store/properties.hpp"

namespace offhook::call {

Result<CallSetup> find_call_setup(sql::Connection& db, const store::Owner& owner, std::string_view assistant_id,
                                  std::string_view dialled) {
  CallSetup setup;
  if (!dialled.empty()) {
    auto property = store::Properties(db, owner).find_by_phone(dialled);
    if (!property) return fail(property);
    if (*property) setup.property_id = (*property)->id;
  }
  store::Assistants assistants(db, owner);
  auto assistant = assistants.find_any(assistant_id);
  if (assistant && !*assistant && !setup.property_id.empty())
    assistant = assistants.find_by_property(setup.property_id);
  if (!assistant) return fail(assistant);
  setup.assistant = std::move(*assistant);
  return setup;
}

}  // namespace offhook::call
