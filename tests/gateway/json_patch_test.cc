// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "s2/gateway/internal/json/patch.h"
#include "s2/retry/error.h"
#include "s2/tests/gateway/proto_text.h"

namespace s2::gateway {
namespace {

using ::testing::HasSubstr;

struct GoldenPatch {
  const char* mask;    // paths, separated by commas
  const char* config;  // as protobuf
  const char* patch;   // as S2 wants it
};

template <typename Config>
absl::StatusOr<Json> Patch(const std::string& mask, const std::string& config) {
  google::protobuf::FieldMask paths;
  for (size_t begin = 0; begin < mask.size();) {
    const size_t end = std::min(mask.find(',', begin), mask.size());
    paths.add_paths(mask.substr(begin, end - begin));
    begin = end + 1;
  }
  return ToPatch(Proto<Config>(config), paths);
}

template <typename Config>
void ExpectPatch(const GoldenPatch& golden) {
  const auto patch = Patch<Config>(golden.mask, golden.config);
  ASSERT_TRUE(patch.ok()) << golden.mask << patch.status();
  EXPECT_EQ(ToText(*patch), golden.patch) << golden.mask << " of " << golden.config;
}

class StreamPatchTest : public ::testing::TestWithParam<GoldenPatch> {};

TEST_P(StreamPatchTest, SaysWhatTheMaskNamesAndNothingElse) {
  ExpectPatch<rpc::v1::StreamConfig>(GetParam());
}

constexpr char kAll[] = R"(storage_class: "express" retention_policy { age: 9 }
                           timestamping { mode: TIMESTAMPING_MODE_ARRIVAL uncapped: false }
                           delete_on_empty { min_age_secs: 0 })";

INSTANTIATE_TEST_SUITE_P(
    All, StreamPatchTest,
    ::testing::Values(
        GoldenPatch{"", kAll, "{}"},
        // Set.
        GoldenPatch{"storage_class", kAll, R"({"storage_class":"express"})"},
        GoldenPatch{"retention_policy", kAll, R"({"retention_policy":{"age":9}})"},
        GoldenPatch{"retention_policy", "retention_policy { infinite {} }",
                    R"({"retention_policy":{"infinite":{}}})"},
        GoldenPatch{"timestamping", kAll,
                    R"({"timestamping":{"mode":"arrival","uncapped":false}})"},
        GoldenPatch{"timestamping.mode", kAll, R"({"timestamping":{"mode":"arrival"}})"},
        GoldenPatch{"timestamping.uncapped", kAll, R"({"timestamping":{"uncapped":false}})"},
        GoldenPatch{"delete_on_empty", kAll, R"({"delete_on_empty":{"min_age_secs":0}})"},
        GoldenPatch{"delete_on_empty.min_age_secs", kAll,
                    R"({"delete_on_empty":{"min_age_secs":0}})"},
        GoldenPatch{
            "timestamping.mode,timestamping.uncapped,storage_class", kAll,
            R"({"storage_class":"express","timestamping":{"mode":"arrival","uncapped":false}})"},
        // Clear.
        GoldenPatch{"storage_class", "", R"({"storage_class":null})"},
        GoldenPatch{"retention_policy", "retention_policy {}", R"({"retention_policy":null})"},
        GoldenPatch{"timestamping", "", R"({"timestamping":null})"},
        GoldenPatch{"timestamping.mode", "", R"({"timestamping":{"mode":null}})"},
        GoldenPatch{"delete_on_empty", "", R"({"delete_on_empty":null})"},
        GoldenPatch{"delete_on_empty.min_age_secs", "",
                    R"({"delete_on_empty":{"min_age_secs":null}})"},
        // Replace: what a section does not set is cleared.
        GoldenPatch{"timestamping", "timestamping { uncapped: true }",
                    R"({"timestamping":{"mode":null,"uncapped":true}})"},
        GoldenPatch{"timestamping", "timestamping {}",
                    R"({"timestamping":{"mode":null,"uncapped":null}})"},
        // The whole and a part of it, in either order.
        GoldenPatch{"timestamping,timestamping.mode", "", R"({"timestamping":null})"},
        GoldenPatch{"timestamping.mode,timestamping", "", R"({"timestamping":null})"},
        GoldenPatch{"timestamping,timestamping.mode", "timestamping { uncapped: true }",
                    R"({"timestamping":{"mode":null,"uncapped":true}})"},
        GoldenPatch{"timestamping.mode,timestamping", "timestamping { uncapped: true }",
                    R"({"timestamping":{"mode":null,"uncapped":true}})"}));

class BasinPatchTest : public ::testing::TestWithParam<GoldenPatch> {};

TEST_P(BasinPatchTest, SaysWhatTheMaskNamesAndNothingElse) {
  ExpectPatch<rpc::v1::BasinConfig>(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    All, BasinPatchTest,
    ::testing::Values(
        GoldenPatch{"", "create_stream_on_read: true", "{}"},
        GoldenPatch{"create_stream_on_append,create_stream_on_read",
                    "create_stream_on_append: true create_stream_on_read: false",
                    R"({"create_stream_on_append":true,"create_stream_on_read":false})"},
        GoldenPatch{"stream_cipher", R"(stream_cipher: "aegis-256")",
                    R"({"stream_cipher":"aegis-256"})"},
        GoldenPatch{"stream_cipher", "", R"({"stream_cipher":null})"},
        GoldenPatch{"default_stream_config", "", R"({"default_stream_config":null})"},
        GoldenPatch{
            "default_stream_config",
            "default_stream_config { retention_policy { age: 9 } timestamping {} }",
            R"({"default_stream_config":{"delete_on_empty":null,"retention_policy":{"age":9},)"
            R"("storage_class":null,"timestamping":{"mode":null,"uncapped":null}}})"},
        GoldenPatch{"default_stream_config.storage_class",
                    R"(default_stream_config { storage_class: "standard" })",
                    R"({"default_stream_config":{"storage_class":"standard"}})"},
        GoldenPatch{"default_stream_config.timestamping.uncapped", "",
                    R"({"default_stream_config":{"timestamping":{"uncapped":null}}})"},
        GoldenPatch{
            "default_stream_config.timestamping.uncapped,default_stream_config.storage_class",
            "default_stream_config { timestamping { uncapped: true } }",
            R"({"default_stream_config":{"storage_class":null,)"
            R"("timestamping":{"uncapped":true}}})"},
        GoldenPatch{"default_stream_config,default_stream_config.timestamping.mode", "",
                    R"({"default_stream_config":null})"}));

TEST(PatchTest, AMaskNamesOnlyFields) {
  const auto expect_unknown = [](const absl::StatusOr<Json>& patch, const std::string& path) {
    EXPECT_EQ(GetErrorCode(patch.status()), ErrorCode::kInvalid) << path;
    EXPECT_EQ(patch.status().message(),
              "update_mask names \"" + path + "\", which is no field of the configuration");
  };
  for (const char* path :
       {"brand_new", "timestamping.brand_new", "timestamping.mode.x", "retention_policy.age", ".",
        "timestamping.", ".timestamping", "create_stream_on_read", "Storage_class", "*"}) {
    expect_unknown(Patch<rpc::v1::StreamConfig>(path, kAll), path);
  }
  for (const char* path : {"storage_class", "default_stream_config.brand_new",
                           "default_stream_config.retention_policy.age", "stream_cipher.x"}) {
    expect_unknown(Patch<rpc::v1::BasinConfig>(path, ""), path);
  }
  // Where its section has been cleared, too.
  expect_unknown(Patch<rpc::v1::StreamConfig>("timestamping,timestamping.brand_new", ""),
                 "timestamping.brand_new");
  google::protobuf::FieldMask empty;
  empty.add_paths("");
  expect_unknown(ToPatch(rpc::v1::StreamConfig(), empty), "");
}

// S2 refuses null there.
TEST(PatchTest, ABooleanOfABasinCannotBeCleared) {
  for (const char* name : {"create_stream_on_append", "create_stream_on_read"}) {
    const auto patch = Patch<rpc::v1::BasinConfig>(name, "");
    EXPECT_EQ(GetErrorCode(patch.status()), ErrorCode::kInvalid);
    EXPECT_EQ(patch.status().message(),
              std::string("config.") + name + " is unset; it must be true or false");
  }
}

}  // namespace
}  // namespace s2::gateway
