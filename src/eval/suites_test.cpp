#include "eval/suites.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>

namespace offhook::eval {
namespace {

using testing::HasSubstr;

/// A folder of data that goes with the test.
class Data {
 public:
  Data() : path_(std::filesystem::temp_directory_path() / ("offhook-eval-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  Data(const Data&) = delete;
  Data& operator=(const Data&) = delete;
  ~Data() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  void write(const std::string& name, std::string_view text) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  [[nodiscard]] SuiteInput input() const { return {.data = path_, .progress = {}}; }

 private:
  std::filesystem::path path_;
};

double figure(const Report& report, std::string_view name) {
  for (const auto& each : report.figures) {
    if (each.name == name) return each.value;
  }
  return -1;
}

Result<Report> run(std::string_view suite, const Data& data) { return find_suite(suite)->run(data.input()); }

TEST(Banking77, AFileWithoutSentencesIsAnError) {
  for (const char* rows : {"text,category\n", "text,category\nwhere is my card,card\n"}) {
    const Data data;
    data.write("banking77/train.csv", rows);
    const auto report = run("banking77", data);
    ASSERT_FALSE(report.has_value());
    EXPECT_THAT(std::string(report.error().message()), HasSubstr("train.csv"));
  }
}

TEST(Recognizers, ACaseIsRightWhenAllItsValuesAreFoundAndNothingElse) {
  const Data data;
  for (const char* file : {"OrdinalModel", "CurrencyModel", "PhoneNumberModel", "EmailModel", "BooleanModel"}) {
    data.write("recognizers/" + std::string(file) + ".json", "[]");
  }
  data.write("recognizers/NumberModel.json", R"([
    {"Input": "two and three", "Results": [{"Resolution": {"value": "2"}}, {"Resolution": {"value": "3"}}]},
    {"Input": "two and three", "Results": [{"Resolution": {"value": "2"}}]},
    {"Input": "nothing", "Results": []},
    {"Input": "four", "NotSupported": "dotnet, javascript, python, java", "Results": []}])");
  data.write("recognizers/DateTimeModel.json", R"([
    {"Input": "on Oct 2", "Context": {"ReferenceDateTime": "2016-11-07T00:00:00"}, "Results": [{"Resolution": {"values": [
      {"type": "date", "timex": "XXXX-10-02", "value": "2016-10-02"}, {"type": "date", "timex": "XXXX-10-02", "value": "2017-10-02"}]}}]},
    {"Input": "every day", "Context": {"ReferenceDateTime": "2016-11-07T00:00:00"}, "Results": [{"Resolution": {"values": [
      {"type": "set", "timex": "P2D", "value": "not resolved"}]}}]}])");
  const auto report = run("recognizers", data);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->cases, 5);
  EXPECT_NEAR(figure(*report, "numbers"), 2.0 / 3, 1e-9);
  EXPECT_NEAR(figure(*report, "dates_and_times"), 0.5, 1e-9);
  EXPECT_EQ(report->misses().size(), 2);
}

TEST(Recognizers, AMissingFileIsNamed) {
  const Data data;
  const auto report = run("recognizers", data);
  ASSERT_FALSE(report);
  EXPECT_THAT(std::string(report.error().message()), HasSubstr("DateTimeModel.json"));
}

TEST(Evi, CountsWhoIsIdentifiedAfterEachAttempt) {
  const Data data;
  data.write("evi/records.en.csv",
             "scenario_id,postcode,name,dob\n"
             "a,G26 5WB,Frank Williams,1980-03-04\n"
             "b,N4U 9PL,Joseph Robertson,2004-05-09\n"
             "c,HX84 2TR,Dorothy Mason,1987-09-28\n");
  std::string calls = "dialogue_id\tscenario_id\titem\tattempt_num\tnbest\n";
  const auto add = [&](std::string_view call, std::string_view scenario, std::string_view item, int attempt,
                       std::string_view heard) {
    calls += std::string(call) + "\t" + std::string(scenario) + "\t" + std::string(item) + "\t" +
             std::to_string(attempt) + "\t\"[" + (heard.empty() ? "" : "\"\"" + std::string(heard) + "\"\"") + "]\"\n";
  };
  for (int attempt = 0; attempt < 3; ++attempt) {
    // One says all clearly, one is heard the second time only, one is somebody else's recording.
    add("1", "a", "postcode", attempt, "g 2 6 5 w b");
    add("1", "a", "name", attempt, "Frank Williams");
    add("1", "a", "dob", attempt, "4th of March 1980");
    add("2", "b", "postcode", attempt, attempt == 0 ? "" : "n 4 u 9 p l");
    add("2", "b", "name", attempt, attempt == 0 ? "" : "Joseph Robertson");
    add("2", "b", "dob", attempt, attempt == 0 ? "" : "9th of May 2004");
    add("3", "a", "postcode", attempt, "h x 8 4 2 t r");
    add("3", "a", "name", attempt, "Dorothy Mason");
    add("3", "a", "dob", attempt, "28th September 1987");
  }
  data.write("evi/dialogues.en.tsv", calls);
  const auto report = run("evi", data);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->cases, 3);
  EXPECT_NEAR(figure(*report, "identified_in_1"), 1.0 / 3, 1e-9);
  EXPECT_NEAR(figure(*report, "identified_in_3"), 2.0 / 3, 1e-9);
  EXPECT_NEAR(figure(*report, "false_in_3"), 1.0 / 3, 1e-9);
}

}  // namespace
}  // namespace offhook::eval
