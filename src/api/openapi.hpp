#pragma once

#include <span>

#include "http/router.hpp"
#include "json/json.hpp"

namespace offhook::api {

/// The route table as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1): every route with its door as security
/// scheme, its parameters, its body and answer where operations() names them, and the errors it can answer with.
[[nodiscard]] json::object openapi_document(std::span<const http::Route> routes);

/// One page that shows it, without anything from elsewhere.
[[nodiscard]] std::string docs_page(std::span<const http::Route> routes);

}  // namespace offhook::api
