#include "app/stages.hpp"

#include "app/runtime.hpp"
#include "app/server.hpp"
#include "async/task_group.hpp"

namespace offhook::app {
namespace {

/// Settings of a simulation: no keys, no environment, so that the same seed means the same call.
config::Settings simulation_settings(const StagePlan& plan) {
  config::Settings settings;
  settings.log = "warning";
  settings.ports = {0};
  settings.data = plan.data.value_or(plan.recordings);
  settings.drain_seconds = 1;
  return settings;
}

/// What both kinds of stage show of their server.
class ServerStage : public lab::Stage {
 public:
  explicit ServerStage(const Library& library) : library_(library) {}
  exchange::Exchange& exchange() override { return server_->exchange(); }
  store::Store& store() override { return server_->store(); }
  const agent::AgentBook& agents() override { return library_.agents; }
  const tools::ToolRegistry& tools() override { return server_->tools(); }
  const call::Doorways& doorways() override { return server_->doorways(); }

 protected:
  const Library& library_;
  std::unique_ptr<Server> server_;
};

class VirtualStage final : public ServerStage {
 public:
  VirtualStage(const StagePlan& plan, const lab::StageWish& wish)
      : ServerStage(plan.library), clock_(simulation_start()), loop_(clock_, wish.seed) {}
  ~VirtualStage() override { server_.reset(); }

  Result<void> open(const StagePlan& plan, const lab::StageWish& wish) {
    ServerOptions options{.settings = simulation_settings(plan),
                          .loops = {&loop_},
                          .in_memory = !plan.data.has_value(),
                          .with_sample_data = true};
    options.speaks_in_memory = true;
    options.observer = wish.observer;
    auto server = Server::create(library_, std::move(options));
    if (!server) return fail(server);
    server_ = std::move(*server);
    return {};
  }
  Loop& loop() override { return loop_; }
  Result<void> run(Task<void> task) override {
    auto ran = loop_.block_on(std::move(task));
    auto stopped = loop_.block_on(server_->stop());
    return ran ? stopped : ran;
  }

 private:
  VirtualClock clock_;
  Loop loop_;
};

Task<void> run_beside(Server& server, Task<void> task) {
  Loop& loop = co_await this_loop();
  TaskGroup accepting(loop);
  accepting.spawn("accept", server.accept());
  auto ran = co_await std::move(task);
  (void)co_await server.stop();
  (void)co_await accepting.join();
  co_return ran;
}

class RealStage final : public ServerStage {
 public:
  RealStage(const StagePlan& plan, const lab::StageWish& wish)
      : ServerStage(plan.library), runtime_(1, simulation_start(), wish.seed) {}
  ~RealStage() override { server_.reset(); }

  Result<void> open(const StagePlan& plan, const lab::StageWish& wish) {
    ServerOptions options{.settings = simulation_settings(plan),
                          .loops = runtime_.loops(),
                          .in_memory = !plan.data.has_value(),
                          .with_sample_data = true};
    options.observer = wish.observer;
    auto server = Server::create(library_, std::move(options));
    if (!server) return fail(server);
    server_ = std::move(*server);
    return server_->bind();
  }
  Loop& loop() override { return runtime_.home(); }
  Result<void> run(Task<void> task) override { return runtime_.run(run_beside(*server_, std::move(task))); }

 private:
  Runtime runtime_;
};

/// A database that is kept holds the ids of earlier calls: what it holds goes into the seed, so that new
/// ids are new.
Result<void> reseed_for(Loop& loop, store::Store& store, std::uint64_t seed) {
  auto seen = loop.block_on(store.read([](sql::Connection& db) -> Result<std::int64_t> {
    std::int64_t rows = 0;
    auto counted = db.query("SELECT (SELECT COUNT(*) FROM webhook_events) + (SELECT COUNT(*) FROM calls)", {},
                            [&](const sql::Row& row) -> Result<void> {
                              rows = row.integer(0);
                              return {};
                            });
    if (!counted) return fail(counted);
    return rows;
  }));
  if (!seen) return fail(seen);
  loop.random() = Random(seed + 0x9e3779b97f4a7c15 * static_cast<std::uint64_t>(*seen));
  return {};
}

template <class Kind>
Result<std::unique_ptr<lab::Stage>> opened(std::unique_ptr<Kind> stage, const StagePlan& plan,
                                           const lab::StageWish& wish) {
  if (auto open = stage->open(plan, wish); !open) return fail(open);
  if (plan.data) {
    if (auto seeded = reseed_for(stage->loop(), stage->store(), wish.seed); !seeded) return fail(seeded);
  }
  return std::unique_ptr<lab::Stage>(std::move(stage));
}

}  // namespace

UtcTime simulation_start() {
  return UtcTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 2)) + std::chrono::hours(17);
}

lab::StageFactory make_stages(StagePlan plan) {
  return [plan](const lab::StageWish& wish) {
    return plan.in_real_time ? opened(std::make_unique<RealStage>(plan, wish), plan, wish)
                             : opened(std::make_unique<VirtualStage>(plan, wish), plan, wish);
  };
}

}  // namespace offhook::app
