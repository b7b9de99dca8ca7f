#include "agent/user_tools.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/agent_book.hpp"
#include "base/text.hpp"

namespace offhook::agent {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

constexpr std::string_view kHead = "name: shop\ntitle: Shop\nfirst_message: Hello\nsystem_prompt: You sell.\n";

UserToolSources sources() {
  return {.find_secret = [](std::string_view name) -> std::optional<Secret> {
    if (name == "TOKEN") return Secret("tok{en}-123");
    return std::nullopt;
  }};
}

Result<AgentBook> load(std::string_view tools) {
  const std::string text = std::string(kHead) + std::string(tools);
  const EmbeddedFile file{"shop.yaml", text};
  return AgentBook::load(std::span(&file, 1), sources());
}

TEST(UserTools, AreReadWithAllTheirKeys) {
  const auto book = load(R"(
http_tools:
  - name: order_status
    description: Looks up an order.
    effect: reads
    url: https://api.example.com/v1/orders/{order_id}?expand={expand}
    query: {lang: en}
    headers: {Authorization: "Bearer ${secret:TOKEN}", X-Call: "{context.call_id}"}
    parameters:
      type: object
      properties: {order_id: {type: string, maxLength: 20}, expand: {type: boolean}}
      required: [order_id]
    timeout: 1500ms
    retries: 2
    redirects: same_host
    max_response_kb: 16
    response:
      say: "Order {{id}} is {{state}}."
      data: [state]
      errors: {404: "There is no such order.", default: "Not now."}
mcp_servers:
  - name: crm
    command: [node, server.mjs]
    env: {TOKEN: "${secret:TOKEN}"}
    tools: [find]
    settings: {find: {effect: reads, timeout: 5s}}
  - name: web
    url: https://mcp.example.com/mcp
    headers: {Authorization: "Bearer ${secret:TOKEN}"}
)");
  ASSERT_TRUE(book) << book.error().client;
  const UserTools& tools = book->user_tools();
  ASSERT_EQ(tools.http.size(), 1u);
  const auto& http = tools.http.front();
  EXPECT_EQ(http.agent, "shop");
  EXPECT_EQ(http.method, "GET");
  EXPECT_EQ(http.origin, "https://api.example.com");
  EXPECT_EQ(http.timeout, 1500ms);
  EXPECT_EQ(http.retries, 2);
  EXPECT_TRUE(http.follows_same_host);
  EXPECT_EQ(http.max_response_bytes, 16u * 1024);
  EXPECT_EQ(http.headers.front().text.reveal(), "Bearer tok{{en}}-123");
  EXPECT_EQ(http.parameters.at("properties").at("order_id").at("maxLength"), 20);
  EXPECT_EQ(http.answer.errors.at("404"), "There is no such order.");
  ASSERT_EQ(tools.mcp.size(), 2u);
  EXPECT_EQ(tools.mcp.front().environment.front().second.reveal(), "tok{en}-123");
  EXPECT_EQ(tools.mcp.front().tools.at("find").timeout, 5s);
  EXPECT_EQ(tools.mcp.back().url, "https://mcp.example.com/mcp");
}

TEST(UserTools, EveryFaultIsReportedWithItsLineAndWhatToDo) {
  struct Case {
    const char* yaml;
    const char* fault;
  };
  const std::string tool = "http_tools:\n  - name: t\n    description: d\n    ";
  for (const auto& c : std::vector<Case>{
           {"url: https://{host}/x", "line 8: 'url': scheme, host and port must be written out"},
           {"url: http://10.0.0.1/", "line 8: 'url': 10.0.0.1 is a private address; OFFHOOK_ALLOW_PRIVATE"},
           {"url: http://169.254.169.254/latest", "link-local"},
           {"url: http://2130706433/", "odd way"},
           {"url: ftp://example.com/", "only http and https"},
           {"url: https://user:pw@example.com/", "user name"},
           {"url: https://example.com/{id}", "{id} is no parameter"},
           {"url: https://example.com/#x", "no '#'"},
           {"url: https://example.com/{", "'{' that is no {argument}"},
           {"url: 'https://example.com/a b'", "RFC 3986"},
           {"url: https://example.com/{id}\n    parameters: {type: object, properties: {id: {type: string}}}",
            "must be among 'required'"},
           {"url: https://example.com/\n    headers: {Authorization: '${secret:NONE}'}",
            "line 9: ${secret:NONE}: set OFFHOOK_SECRET_NONE"},
           {"url: https://example.com/\n    query: {key: '${secret:TOKEN}'}", "a secret may stand in headers only"},
           {"url: https://example.com/\n    body: {key: '${secret:TOKEN}'}", "a secret may stand in headers only"},
           {"url: https://example.com/\n    headers: {Host: x}", "'Host' is no header that can be set"},
           {"url: https://example.com/\n    headers: {'a b': x}", "no header that can be set"},
           {"url: https://example.com/\n    timeout: 5m", "'timeout' must be from 300ms to 30s"},
           {"url: https://example.com/\n    timeout: 100s", "'timeout' must be from 300ms to 30s"},
           {"url: https://example.com/\n    retries: 50", "'retries' must be a whole number from 0 to 5"},
           {"url: https://example.com/\n    effect: maybe", "'effect' must be reads or writes"},
           {"url: https://example.com/\n    method: TRACE", "'method' must be"},
           {"url: https://example.com/\n    method: GET\n    body: {a: 1}", "'body' has no place in a GET"},
           {"url: https://example.com/\n    redirects: all", "'redirects' must be none or same_host"},
           {"url: https://example.com/\n    tiemout: 2s", "line 9: there is no key 'tiemout' here; known are"},
           {"url: https://example.com/\n    parameters: {type: string}", "JSON Schema of type object"},
           {"url: https://example.com/\n    parameters: {type: object, properties: {a: {type: 7}}}", "'parameters': "},
           {"url: https://example.com/\n    response: {say: '{{a'}", "'say' has a '{{' without its '}}'"},
           {"url: https://example.com/\n    response: {errors: {40: x}}", "must be a status such as 404"},
           {"{}", "'url' is missing"},
       }) {
    const std::string text = std::string_view(c.yaml) == "{}" ? tool + "effect: reads\n" : tool + c.yaml + "\n";
    const auto book = load(text);
    ASSERT_FALSE(book) << c.yaml;
    EXPECT_THAT(book.error().client, HasSubstr("shop.yaml line ")) << c.yaml;
    EXPECT_THAT(book.error().client, HasSubstr(c.fault)) << c.yaml;
    EXPECT_THAT(book.error().client, Not(HasSubstr("123"))) << "no secret in " << c.yaml;
  }
}

TEST(UserTools, NamesAreCheckedAgainstEachOtherAndTheBuiltInOnes) {
  const std::string one = "\n  - {description: d, url: 'https://example.com/', name: ";
  EXPECT_THAT(load("http_tools:" + one + "end_call}").error().client, HasSubstr("already a tool 'end_call'"));
  EXPECT_THAT(load("http_tools:" + one + "a}" + one + "a}").error().client, HasSubstr("already a tool 'a'"));
  EXPECT_THAT(load("http_tools:" + one + "'a b'}").error().client, HasSubstr("letters, digits"));
  EXPECT_TRUE(load("http_tools:" + one + "a}" + one + "b}"));
}

TEST(UserTools, AnMcpServerIsACommandOrAUrl) {
  EXPECT_THAT(load("mcp_servers: [{name: a}]").error().client, HasSubstr("either 'command'"));
  EXPECT_THAT(load("mcp_servers: [{name: a, command: [x], url: 'https://example.com'}]").error().client,
              HasSubstr("either"));
  EXPECT_THAT(load("mcp_servers: [{name: a, url: 'http://127.0.0.1/'}]").error().client, HasSubstr("loopback"));
  EXPECT_THAT(load("mcp_servers: [{name: a, command: [x]}, {name: a, command: [x]}]").error().client,
              HasSubstr("no other"));
  EXPECT_THAT(load("mcp_servers: [{name: a, command: [x], env: {K: '${secret:NO}'}}]").error().client,
              HasSubstr("OFFHOOK_SECRET_NO"));
  EXPECT_THAT(load("mcp_servers: {a: b}").error().client, HasSubstr("'mcp_servers' must be a list"));
}

}  // namespace
}  // namespace offhook::agent
