#pragma once

#include <optional>
#include <string>

#include "store/appointments.hpp"
#include "tools/slots.hpp"
#include "tools/tool.hpp"

namespace offhook::tools {

/// What the appointment tools share. The office keeps OfficeHours::standard() in the context's zone, and
/// has one appointment at a time.

Result<Calendar> read_office_calendar(sql::Connection& db, const ToolContext& context, const CivilTime& wanted);

/// The appointment by id, or by the confirmation code a caller reads out ("AP-12345", "ap 12345").
/// nullopt when there is none.
Result<std::optional<store::Appointment>> find_appointment(sql::Connection& db, const ToolContext& context,
                                                           const std::string& id_or_code);
/// "I couldn't find that appointment" (error "unknown_appointment").
[[nodiscard]] ToolResult unknown_appointment();

/// {"appointment_id","customer_id","confirmation","starts_at","status"}.
[[nodiscard]] json::object appointment_object(const store::Appointment& appointment);

}  // namespace offhook::tools
