#include "net/address_guard.hpp"

#include <gtest/gtest.h>

#include "async/task_group.hpp"
#include "net/http_client.hpp"
#include "net/tcp.hpp"

namespace offhook::net {
namespace {

using namespace std::chrono_literals;

TEST(AddressGuard, RefusesEveryHostileUrl) {
  const AddressGuard guard;
  for (const char* url : {
           // this machine, in every notation
           "http://127.0.0.1/",
           "http://127.0.0.1:8000/api",
           "http://127.255.255.254/",
           "http://localhost/",
           "http://LOCALHOST:80/",
           "http://localhost./",
           "http://a.localhost/",
           "http://[::1]/",
           "http://[0:0:0:0:0:0:0:1]/",
           "http://127.1/",
           "http://127.0.1/",
           "http://2130706433/",
           "http://0x7f000001/",
           "http://0x7f.0.0.1/",
           "http://0x7f.1/",
           "http://0177.0.0.1/",
           "http://0177.1/",
           "http://017700000001/",
           "http://127.0.0.01/",
           "http://127.0.0.1./",
           "http://0.0.0.0/",
           "http://0/",
           "http://0.0.0.1/",
           "http://00.0.0.0/",
           "http://[::]/",
           // private, shared and reserved networks
           "http://10.0.0.1/",
           "http://10.255.255.255/",
           "http://172.16.0.1/",
           "http://172.31.255.255/",
           "http://192.168.1.1/",
           "http://100.64.0.1/",
           "http://100.127.255.255/",
           "http://192.0.0.192/",
           "http://192.0.2.1/",
           "http://198.18.0.1/",
           "http://198.19.255.255/",
           "http://198.51.100.7/",
           "http://203.0.113.9/",
           "http://192.88.99.1/",
           "http://240.0.0.1/",
           "http://255.255.255.255/",
           "http://224.0.0.1/",
           "http://239.255.255.250/",
           "http://[fc00::1]/",
           "http://[fd12:3456::1]/",
           "http://[ff02::1]/",
           "http://[fec0::1]/",
           "http://[100::1]/",
           "http://[2001:db8::1]/",
           "http://[3fff::1]/",
           // metadata services
           "http://169.254.169.254/latest/meta-data/",
           "http://169.254.170.2/v2/credentials",
           "http://168.63.129.16/",
           "http://100.100.100.200/",
           "http://[fd00:ec2::254]/",
           "http://[fe80::a9fe:a9fe]/",
           "http://2852039166/",
           "http://0xA9FEA9FE/",
           "http://169.254.43518/",
           "http://0251.0376.0251.0376/",
           // IPv4 inside IPv6
           "http://[::ffff:127.0.0.1]/",
           "http://[::ffff:7f00:1]/",
           "http://[::ffff:169.254.169.254]/",
           "http://[::ffff:8.8.8.8]/",
           "http://[::127.0.0.1]/",
           "http://[64:ff9b::7f00:1]/",
           "http://[64:ff9b::169.254.169.254]/",
           "http://[64:ff9b:1::a00:1]/",
           "http://[2002:7f00:1::]/",
           "http://[2001:0:7f00:1::]/",
           "http://[fe80::1%25eth0]/",
           // other schemes, other tricks
           "file:///etc/passwd",
           "gopher://127.0.0.1:6379/_INFO",
           "ftp://example.com/",
           "dict://example.com:11211/",
           "javascript:alert(1)",
           "//example.com/",
           "/etc/passwd",
           "",
           "example.com",
           "http:///path",
           "http://",
           "http://user:secret@example.com/",
           "http://example.com@127.0.0.1/",
           "http://127.0.0.1#@example.com/",
           "http://exam%70le.com/",
           "http://127.0.0.1%2f.example.com/",
           "http://example.com\\@127.0.0.1/",
           "http://exa mple.com/",
           "http://example.com/\r\nHost: internal",
           "http://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1/",
           "http://example.com:0/",
           "http://example.com:99999/",
           "http://.example.com/",
           "http://example..com/",
           "http://[v1.fe80]/",
           "http://[::1",
           "http://1.2.3.4.5/",
           "http://256.1.1.1/",
           "http://example.0x1/",
       }) {
    EXPECT_FALSE(guard.check_url(url)) << url;
  }
}

TEST(AddressGuard, LetsPublicAddressesAndNamesPass) {
  const AddressGuard guard;
  for (const char* url : {"https://api.example.com/v1/orders/7?x=1", "http://example.com:8080", "https://8.8.8.8/",
                          "http://100.63.255.255/", "http://100.128.0.1/", "http://172.15.0.1/", "http://172.32.0.1/",
                          "http://[2606:4700::1111]/", "https://my_host.example/", "HTTPS://EXAMPLE.COM/",
                          "https://xn--bcher-kva.example/", "https://1password.com/", "https://example.com./"}) {
    const auto checked = guard.check_url(url);
    EXPECT_TRUE(checked) << url << ": " << (checked ? "" : checked.error().client);
  }
}

TEST(AddressGuard, AllowsWhatTheOperatorNamed) {
  const auto guard = AddressGuard::parse("10.1.0.0/16, 127.0.0.1, fd00::/8, printer.lan ,169.254.169.254/32").value();
  for (const char* url : {"http://10.1.2.3/", "http://127.0.0.1:9/", "http://localhost:9/", "http://[fd01::1]/",
                          "http://printer.lan/", "http://169.254.169.254/"}) {
    EXPECT_TRUE(guard.check_url(url)) << url;
  }
  for (const char* url : {"http://10.2.0.1/", "http://127.0.0.2/", "http://[fc00::1]/", "http://169.254.169.253/",
                          "http://[::ffff:10.1.2.3]/"}) {
    EXPECT_FALSE(guard.check_url(url)) << url;
  }
  const std::uint8_t private_address[] = {192, 168, 1, 9};
  const std::uint8_t metadata[] = {169, 254, 169, 253};
  EXPECT_TRUE(guard.check_address(private_address, "Printer.LAN."));
  EXPECT_FALSE(guard.check_address(private_address, "other.lan"));
  EXPECT_FALSE(guard.check_address(metadata, "printer.lan")) << "a name lifts no link-local address";
}

TEST(AddressGuard, SaysWhichEntryItCannotRead) {
  for (const char* list : {"10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/x", "a b", "http://x", "127.1", "/8"}) {
    const auto guard = AddressGuard::parse(list);
    ASSERT_FALSE(guard) << list;
    EXPECT_NE(guard.error().client.find(list), std::string::npos) << guard.error().client;
  }
}

/// Accepts and counts; never answers.
struct Listening {
  explicit Listening(Loop& loop) : group(loop), listener(TcpListener::bind(loop, "127.0.0.1", 0).value()) {
    group.spawn("accept",
                listener->accept_into({&loop}, [this](Loop&, std::unique_ptr<ByteStream>) { ++connections; }));
  }
  TaskGroup group;
  std::unique_ptr<TcpListener> listener;
  int connections = 0;
};

TEST(GuardedClient, NeverConnectsToAnAddressThatIsRefused) {
  const RealClock clock;
  Loop loop(clock, 1);
  Listening server(loop);
  const auto port = std::to_string(server.listener->port());
  const auto client = make_guarded_client(AddressGuard());
  // "ip6-localhost" and its like come from the resolver, so only the check at the socket can stop them.
  for (const std::string host : {"127.0.0.1", "localhost", "ip6-localhost", "127.1"}) {
    ClientRequest request{.url = "http://" + host + ":" + port + "/", .deadline = Deadline::after(clock, 10s)};
    const auto answer = loop.block_on(client->send(std::move(request)));
    ASSERT_FALSE(answer) << host;
    EXPECT_EQ(answer.error().code, kNotSent) << host;
  }
  EXPECT_EQ(server.connections, 0);
  server.listener->close();
  server.group.cancel();
  ASSERT_TRUE(loop.block_on(server.group.join()));
}

TEST(GuardedClient, ChecksTheAddressThatANameResolvesTo) {
  const RealClock clock;
  Loop loop(clock, 1);
  Listening server(loop);
  // The URL check lets an allowed "localhost" pass; the socket is checked against the loopback block.
  const auto guard = AddressGuard::parse("127.0.0.1").value();
  const auto client = make_guarded_client(guard);
  ClientRequest request{.url = "http://[::1]:" + std::to_string(server.listener->port()) + "/"};
  const auto answer = loop.block_on(client->send(std::move(request)));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::forbidden);
  EXPECT_EQ(server.connections, 0);
  server.listener->close();
  server.group.cancel();
  ASSERT_TRUE(loop.block_on(server.group.join()));
}

}  // namespace
}  // namespace offhook::net
