#include "store/testing/dropping_vfs.hpp"

#include <sqlite3.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <vector>

namespace offhook::store::testing {
namespace {

/// Something done to a file that is not on disk yet: bytes written at `offset`, or (bytes empty) the
/// file cut off there.
struct Pending {
  sqlite3_int64 offset = 0;
  std::string bytes;
};

/// One path's content as the program sees it, and what of it the disk does not have.
struct Content {
  std::string now;
  std::vector<Pending> pending;
  int opened = 0;
};

void apply_change(std::string& content, const Pending& change) {
  const auto offset = static_cast<std::size_t>(change.offset);
  if (change.bytes.empty()) {
    content.resize(offset);
    return;
  }
  if (content.size() < offset + change.bytes.size()) content.resize(offset + change.bytes.size());
  content.replace(offset, change.bytes.size(), change.bytes);
}

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

struct DroppingVfs::State {
  std::string name;
  sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  sqlite3_vfs vfs{};
  mutable std::mutex mutex;  // guards all below; held while a copy is made, so that it is of one moment
  std::map<std::string, Content> contents;
  bool syncs_fail = false;
  std::uint64_t syncs = 0;
};

namespace {

/// SQLite's handle of an open file; the real one follows it in memory.
struct File {
  sqlite3_file base;
  DroppingVfs::State* state;
  Content* content;  // null: not held back (temporary files)
  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
DroppingVfs::State& of(sqlite3_vfs* vfs) { return *static_cast<DroppingVfs::State*>(vfs->pAppData); }

int x_close(sqlite3_file* handle) {
  File& file = of(handle);
  if (file.content != nullptr) {
    const std::scoped_lock lock(file.state->mutex);
    --file.content->opened;  // the content stays: closing a file does not write it out
  }
  return file.real()->pMethods == nullptr ? SQLITE_OK : file.real()->pMethods->xClose(file.real());
}

int x_read(sqlite3_file* handle, void* buffer, int amount, sqlite3_int64 offset) {
  File& file = of(handle);
  if (file.content == nullptr) return file.real()->pMethods->xRead(file.real(), buffer, amount, offset);
  const std::scoped_lock lock(file.state->mutex);
  const std::string& now = file.content->now;
  const auto start = std::min(static_cast<std::size_t>(offset), now.size());
  const auto count = std::min(static_cast<std::size_t>(amount), now.size() - start);
  std::memcpy(buffer, now.data() + start, count);
  if (count == static_cast<std::size_t>(amount)) return SQLITE_OK;
  std::memset(static_cast<char*>(buffer) + count, 0, static_cast<std::size_t>(amount) - count);
  return SQLITE_IOERR_SHORT_READ;
}

int x_write(sqlite3_file* handle, const void* buffer, int amount, sqlite3_int64 offset) {
  File& file = of(handle);
  if (file.content == nullptr) return file.real()->pMethods->xWrite(file.real(), buffer, amount, offset);
  const std::scoped_lock lock(file.state->mutex);
  Pending change{.offset = offset, .bytes = {static_cast<const char*>(buffer), static_cast<std::size_t>(amount)}};
  apply_change(file.content->now, change);
  file.content->pending.push_back(std::move(change));
  return SQLITE_OK;
}

int x_truncate(sqlite3_file* handle, sqlite3_int64 size) {
  File& file = of(handle);
  if (file.content == nullptr) return file.real()->pMethods->xTruncate(file.real(), size);
  const std::scoped_lock lock(file.state->mutex);
  Pending change{.offset = size, .bytes = {}};
  apply_change(file.content->now, change);
  file.content->pending.push_back(std::move(change));
  return SQLITE_OK;
}

int x_sync(sqlite3_file* handle, int flags) {
  File& file = of(handle);
  if (file.content == nullptr) return file.real()->pMethods->xSync(file.real(), flags);
  const std::scoped_lock lock(file.state->mutex);
  if (file.state->syncs_fail) return SQLITE_IOERR_FSYNC;
  ++file.state->syncs;
  const auto* methods = file.real()->pMethods;
  for (const Pending& change : file.content->pending) {
    const int code = change.bytes.empty() ? methods->xTruncate(file.real(), change.offset)
                                          : methods->xWrite(file.real(), change.bytes.data(),
                                                            static_cast<int>(change.bytes.size()), change.offset);
    if (code != SQLITE_OK) return code;
  }
  file.content->pending.clear();
  return SQLITE_OK;  // the test reads the files through the same kernel: no real sync is needed
}

int x_file_size(sqlite3_file* handle, sqlite3_int64* size) {
  File& file = of(handle);
  if (file.content == nullptr) return file.real()->pMethods->xFileSize(file.real(), size);
  const std::scoped_lock lock(file.state->mutex);
  *size = static_cast<sqlite3_int64>(file.content->now.size());
  return SQLITE_OK;
}

// Locks and the shared index of the log live in the real files: they mean nothing after a power cut.
int x_lock(sqlite3_file* f, int level) { return of(f).real()->pMethods->xLock(of(f).real(), level); }
int x_unlock(sqlite3_file* f, int level) { return of(f).real()->pMethods->xUnlock(of(f).real(), level); }
int x_check_reserved_lock(sqlite3_file* f, int* out) {
  return of(f).real()->pMethods->xCheckReservedLock(of(f).real(), out);
}
int x_file_control(sqlite3_file* f, int op, void* argument) {
  // Growing the real file ahead of its content would show the length of what was never synced.
  if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_NOTFOUND;
  return of(f).real()->pMethods->xFileControl(of(f).real(), op, argument);
}
int x_sector_size(sqlite3_file* f) { return of(f).real()->pMethods->xSectorSize(of(f).real()); }
int x_device_characteristics(sqlite3_file* f) { return of(f).real()->pMethods->xDeviceCharacteristics(of(f).real()); }
int x_shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return of(f).real()->pMethods->xShmMap(of(f).real(), page, size, extend, out);
}
int x_shm_lock(sqlite3_file* f, int offset, int n, int flags) {
  return of(f).real()->pMethods->xShmLock(of(f).real(), offset, n, flags);
}
void x_shm_barrier(sqlite3_file* f) { of(f).real()->pMethods->xShmBarrier(of(f).real()); }
int x_shm_unmap(sqlite3_file* f, int remove) { return of(f).real()->pMethods->xShmUnmap(of(f).real(), remove); }

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 2,  // 3 would add mapped reads, which see the real file
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_file_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_check_reserved_lock,
    .xFileControl = x_file_control,
    .xSectorSize = x_sector_size,
    .xDeviceCharacteristics = x_device_characteristics,
    .xShmMap = x_shm_map,
    .xShmLock = x_shm_lock,
    .xShmBarrier = x_shm_barrier,
    .xShmUnmap = x_shm_unmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int x_open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* handle, int flags, int* out_flags) {
  DroppingVfs::State& state = of(vfs);
  File& file = *new (handle) File{.base = {nullptr}, .state = &state, .content = nullptr};
  const int code = state.real->xOpen(state.real, name, file.real(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  file.base.pMethods = &kMethods;
  if ((flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0 && name != nullptr) {
    const std::scoped_lock lock(state.mutex);
    const auto [position, is_new] = state.contents.try_emplace(name);
    if (is_new) position->second.now = read_whole(name);
    ++position->second.opened;
    file.content = &position->second;
  }
  return SQLITE_OK;
}

int x_delete(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  DroppingVfs::State& state = of(vfs);
  const std::scoped_lock lock(state.mutex);
  const auto found = state.contents.find(name);
  if (found != state.contents.end() && found->second.opened == 0) state.contents.erase(found);
  return state.real->xDelete(state.real, name, sync_directory);
}

int x_access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  DroppingVfs::State& state = of(vfs);
  const std::scoped_lock lock(state.mutex);
  const auto found = state.contents.find(name);
  if (flags == SQLITE_ACCESS_EXISTS && found != state.contents.end() && !found->second.now.empty()) {
    *out = 1;  // the real layer takes a file without bytes for none
    return SQLITE_OK;
  }
  return state.real->xAccess(state.real, name, flags, out);
}

std::filesystem::path log_of(const std::filesystem::path& database) { return database.string() + "-wal"; }

Result<void> write_whole(const std::filesystem::path& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) return fail(ErrorKind::unavailable, {}, "cannot write " + path.string());
  return {};
}

}  // namespace

DroppingVfs::DroppingVfs() : state_(std::make_unique<State>()) {
  static std::atomic<int> count{0};
  state_->name = "dropping-" + std::to_string(++count);
  state_->vfs = *state_->real;
  state_->vfs.pNext = nullptr;
  state_->vfs.zName = state_->name.c_str();
  state_->vfs.pAppData = state_.get();
  state_->vfs.szOsFile = static_cast<int>(sizeof(File)) + state_->real->szOsFile;
  state_->vfs.xOpen = x_open;
  state_->vfs.xDelete = x_delete;
  // The rest of the layer (paths, time, randomness) looks at no state but the path limit copied here.
  state_->vfs.xAccess = x_access;
  sqlite3_vfs_register(&state_->vfs, 0);
}

DroppingVfs::~DroppingVfs() { sqlite3_vfs_unregister(&state_->vfs); }

const std::string& DroppingVfs::name() const { return state_->name; }

Result<std::filesystem::path> DroppingVfs::copy_after_power_cut(const std::filesystem::path& database,
                                                                const std::filesystem::path& folder,
                                                                Random* lucky) const {
  std::filesystem::create_directories(folder);
  const std::scoped_lock lock(state_->mutex);
  for (const auto& path : {database, log_of(database)}) {
    if (!std::filesystem::exists(path)) continue;
    std::string content = read_whole(path);
    if (const auto found = state_->contents.find(path.string()); lucky != nullptr && found != state_->contents.end()) {
      for (const Pending& change : found->second.pending) {
        if (lucky->below(2) == 0) apply_change(content, change);
      }
    }
    if (auto written = write_whole(folder / path.filename(), content); !written) return fail(written);
  }
  return folder / database.filename();
}

void DroppingVfs::set_syncs_fail(bool fail) {
  const std::scoped_lock lock(state_->mutex);
  state_->syncs_fail = fail;
}

std::uint64_t DroppingVfs::syncs() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->syncs;
}

}  // namespace offhook::store::testing
