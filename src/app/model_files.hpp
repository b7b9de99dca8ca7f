#pragma once

#include <filesystem>
#include <memory>

#include "brain/model_cache.hpp"

namespace offhook::app {

/// The brain's trained models as files in `folder`, which is made when the first one is written. A file is written
/// beside its place and renamed, so a reader finds a whole one or none. Keeps the 32 files written last.
[[nodiscard]] std::unique_ptr<brain::ModelCache> make_model_files(std::filesystem::path folder);

}  // namespace offhook::app
