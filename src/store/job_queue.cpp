#include "store/job_queue.hpp"

#include <algorithm>
#include <iterator>

namespace offhook::store {

bool JobQueue::push(std::unique_ptr<Store::Job>& job) {
  bool must_wake = false;
  {
    const std::scoped_lock lock(mutex_);
    if (closed_ || jobs_.size() - first_ >= capacity_) return false;
    jobs_.push_back(std::move(job));
    must_wake = waiting_ > 0;
  }
  if (must_wake) changed_.notify_one();
  return true;
}

bool JobQueue::pop(std::vector<std::unique_ptr<Store::Job>>& taken, std::size_t most) {
  taken.clear();
  std::unique_lock lock(mutex_);
  ++waiting_;
  changed_.wait(lock, [this] { return closed_ || jobs_.size() > first_; });
  --waiting_;
  const std::size_t count = std::min(most, jobs_.size() - first_);
  if (count == 0) return false;
  if (first_ == 0 && count == jobs_.size()) {
    std::swap(taken, jobs_);  // the usual case: everything, without touching the jobs
    return true;
  }
  const auto begin = jobs_.begin() + static_cast<std::ptrdiff_t>(first_);
  taken.assign(std::make_move_iterator(begin), std::make_move_iterator(begin + static_cast<std::ptrdiff_t>(count)));
  first_ += count;
  if (first_ == jobs_.size() || first_ >= capacity_) {
    jobs_.erase(jobs_.begin(), jobs_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return true;
}

void JobQueue::close() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

std::size_t JobQueue::size() const {
  const std::scoped_lock lock(mutex_);
  return jobs_.size() - first_;
}

}  // namespace offhook::store
