#include <fmt/format.h>

#include "api/openapi.hpp"
#include "base/text.hpp"

namespace offhook::api {
namespace {

constexpr std::string_view kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "h2{margin-top:2.5rem;border-bottom:1px solid #ddd}details{border:1px solid #ddd;border-radius:6px;margin:.4rem 0}"
    "summary{padding:.4rem .7rem;cursor:pointer}summary code{font-size:1em}details>div{padding:.2rem 1rem 1rem}"
    "b.m{display:inline-block;width:4.2rem;color:#06c}pre{background:#f6f6f6;padding:.7rem;overflow:auto}"
    "table{border-collapse:collapse}td,th{border:1px solid #ddd;padding:.2rem .6rem;text-align:left}"
    "@media(prefers-color-scheme:dark){body{background:#151515;color:#ddd}pre{background:#222}b.m{color:#6af}}";

std::string escaped(std::string_view text) {
  std::string safe = replace_all(std::string(text), "&", "&amp;");
  safe = replace_all(std::move(safe), "<", "&lt;");
  safe = replace_all(std::move(safe), ">", "&gt;");
  return replace_all(std::move(safe), "\"", "&quot;");
}

/// JSON with line breaks, two blanks a level.
void write_pretty(const json::value& value, std::string& out, std::size_t level = 0) {
  const std::string indent(2 * (level + 1), ' ');
  const std::string end(2 * level, ' ');
  if (value.is_object() && !value.get_object().empty()) {
    out += "{";
    bool is_first = true;
    for (const auto& [key, member] : value.get_object()) {
      out.append(is_first ? "\n" : ",\n").append(indent).append(json::serialize(json::value(key))).append(": ");
      write_pretty(member, out, level + 1);
      is_first = false;
    }
    out.append("\n").append(end).append("}");
  } else {
    out += json::serialize(value);
  }
}

/// The name of the schema that a body or an answer refers to; "" when it has none of its own.
std::string schema_name(const json::value& holder) {
  const auto* schema = find_at(holder, {"content", "application/json", "schema"});
  if (schema == nullptr) return {};
  if (const auto reference = find_string(*schema, "$ref"))
    return std::string(reference->substr(reference->rfind('/') + 1));
  if (const auto reference = find_string_at(*schema, {"properties", "data", "items", "$ref"}))
    return "list of " + std::string(reference->substr(reference->rfind('/') + 1));
  return {};
}

std::string linked(const std::string& name) {
  if (name.empty()) return {};
  const auto blank = name.rfind(' ');
  const std::string target = blank == std::string::npos ? name : name.substr(blank + 1);
  return fmt::format(R"(<a href="#{}">{}</a>)", escaped(target), escaped(name));
}

std::string operation_html(std::string_view path, std::string_view method, const json::value& operation) {
  std::string upper;
  for (const char c : method) upper += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  std::string html = fmt::format("<details><summary><b class=m>{}</b> <code>{}</code> {}</summary><div>", upper,
                                 escaped(path), escaped(find_string(operation, "summary").value_or("")));
  if (const auto* parameters = find_array(operation, "parameters")) {
    html += "<p>Parameters: ";
    bool is_first = true;
    for (const auto& parameter : *parameters) {
      html += fmt::format("{}<code>{}</code> ({})", is_first ? "" : ", ",
                          escaped(find_string(parameter, "name").value_or("")),
                          escaped(find_string(parameter, "in").value_or("")));
      is_first = false;
    }
    html += "</p>";
  }
  if (const auto* body = find(operation, "requestBody"))
    html += fmt::format("<p>Body: {}</p>", linked(schema_name(*body)));
  std::string doors;
  if (const auto* security = find_array(operation, "security")) {
    for (const auto& scheme : *security) {
      for (const auto& [name, scopes] : scheme.get_object())
        doors += fmt::format("{}<code>{}</code>", doors.empty() ? "" : " or ", escaped(name));
    }
  }
  html += fmt::format("<p>Opens with: {}</p>", doors.empty() ? "nothing" : doors);
  html += "<table><tr><th>status</th><th>is</th><th>shape</th></tr>";
  if (const auto* answers = find_object(operation, "responses")) {
    for (const auto& [status, answer] : *answers) {
      html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>", std::string_view(status),
                          escaped(find_string(answer, "description").value_or("")), linked(schema_name(answer)));
    }
  }
  return html + "</table></div></details>";
}

}  // namespace

std::string docs_page(std::span<const http::Route> routes) {
  const json::value document(openapi_document(routes));
  std::string html = fmt::format(
      "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width\">"
      "<title>Offhook API</title><style>{}</style></head><body><h1>Offhook API</h1><p>{} The same for programs: "
      "<a href=\"/openapi.json\">/openapi.json</a>.</p>",
      kStyle, escaped(find_string_at(document, {"info", "description"}).value_or("")));
  for (const auto& tag : *find_array(document, "tags")) {
    const auto name = find_string(tag, "name").value_or("");
    html += fmt::format("<h2>{}</h2>", escaped(name));
    for (const auto& [path, methods] : *find_object(document, "paths")) {
      for (const auto& [method, operation] : methods.get_object()) {
        if (to_std_string(operation.at("tags").at(0)) == name) html += operation_html(path, method, operation);
      }
    }
  }
  html += "<h2>Schemas</h2>";
  for (const auto& [name, schema] : find_at(document, {"components", "schemas"})->get_object()) {
    std::string pretty;
    write_pretty(schema, pretty);
    html += fmt::format("<details id=\"{0}\"><summary><code>{0}</code></summary><div><pre>{1}</pre></div></details>",
                        escaped(name), escaped(pretty));
  }
  return html + "</body></html>\n";
}

}  // namespace offhook::api
