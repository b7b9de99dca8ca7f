#pragma once

#include <optional>
#include <string>

#include "store/appointments.hpp"
#include "tools/tool.hpp"

namespace offhook::tools {

/// What the appointment tools share.

/// The appointment by id, or by the confirmation code a caller reads out ("AP-12345", "ap 12345").
/// nullopt when there is none.
Result<std::optional<store::Appointment>> find_appointment(sql::Connection& db, const ToolContext& context,
                                                           const std::string& id_or_code);
/// "I couldn't find that appointment" (error "unknown_appointment").
[[nodiscard]] ToolResult unknown_appointment();

/// {"appointment_id","customer_id","confirmation","starts_at","status"}.
[[nodiscard]] json::object appointment_object(const store::Appointment& appointment);

}  // namespace offhook::tools
