#include "tools/office.hpp"

#include "base/time_text.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

/// "ap 12345" and "AP12345" are "AP-12345".
std::string as_code(std::string_view text) {
  std::string code;
  for (const char c : text) {
    if (c >= 'a' && c <= 'z') {
      code.push_back(static_cast<char>(c - 'a' + 'A'));
    } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      code.push_back(c);
    }
  }
  if (!code.starts_with("AP")) code.insert(0, "AP");
  return code.insert(2, "-");
}

}  // namespace

Result<std::optional<store::Appointment>> find_appointment(sql::Connection& db, const ToolContext& context,
                                                           const std::string& id_or_code) {
  auto by_id = store::Appointments(db, context.owner).find(id_or_code);
  if (!by_id || *by_id) return by_id;
  return store::Appointments(db, context.owner).find_by_confirmation(as_code(id_or_code));
}

ToolResult unknown_appointment() {
  return refusal("unknown_appointment", "I couldn't find that appointment. Could you check the confirmation code?");
}

json::object appointment_object(const store::Appointment& appointment) {
  return {{"appointment_id", appointment.id},
          {"customer_id", appointment.customer_id},
          {"confirmation", appointment.confirmation},
          {"starts_at", to_rfc3339(appointment.starts_at)},
          {"status", appointment.status}};
}

}  // namespace offhook::tools
