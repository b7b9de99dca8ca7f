#include "async/workers.hpp"

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace offhook {
namespace {

class ThreadPool final : public Workers {
 public:
  ThreadPool(std::string name, std::size_t threads, std::size_t max_queued) : max_queued_(max_queued) {
    for (std::size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { serve(); });
      pthread_setname_np(threads_.back().native_handle(), name.substr(0, 15).c_str());
    }
  }
  ~ThreadPool() override {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
  }
  bool post(Work work) override {
    {
      const std::scoped_lock lock(mutex_);
      if (stopping_ || queue_.size() >= max_queued_) return false;
      queue_.push_back(std::move(work));
    }
    changed_.notify_one();
    return true;
  }

 private:
  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      Work work = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      work();
      work = nullptr;  // destroyed outside the lock
      lock.lock();
    }
  }

  const std::size_t max_queued_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

class InlineWorkers final : public Workers {
 public:
  bool post(Work work) override {
    work();
    return true;
  }
};

}  // namespace

std::unique_ptr<Workers> make_thread_pool(std::string name, std::size_t threads, std::size_t max_queued) {
  return std::make_unique<ThreadPool>(std::move(name), threads, max_queued);
}

std::unique_ptr<Workers> make_inline_workers() { return std::make_unique<InlineWorkers>(); }

}  // namespace offhook
