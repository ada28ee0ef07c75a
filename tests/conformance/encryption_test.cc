// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "absl/strings/escaping.h"
#include "s2/tests/conformance/configs.h"

namespace s2::conformance {
namespace {

using ::testing::ElementsAre;

class EncryptionTest : public ConformanceTest {
 protected:
  s2::Basin Encrypted(const std::string& cipher = "aegis-256") {
    BasinConfig config;
    config.set_stream_cipher(cipher);
    return NewBasin(config);
  }
  static std::string Key(char fill) { return absl::Base64Escape(std::string(32, fill)); }
  static std::string CipherOf(const s2::Basin& basin, const std::string& stream) {
    const auto streams = Must(basin.ListAllStreams(stream));
    return streams.size() == 1 ? streams[0].cipher() : "no such stream";
  }
};

TEST_F(EncryptionTest, AStreamTakesTheCipherOfItsBasin) {
  for (const char* cipher : {"aegis-256", "aes-256-gcm"}) {
    const s2::Basin basin = Encrypted(cipher);
    EXPECT_EQ(ConfigOf(basin).stream_cipher(), cipher);
    EXPECT_EQ(Must(basin.CreateStream("stream")).info().cipher(), cipher);
    EXPECT_EQ(CipherOf(basin, "stream"), cipher);
  }
}

TEST_F(EncryptionTest, AStreamKeepsItsCipherWhenTheBasinChangesAndWhenItIsEnsured) {
  const s2::Basin basin = Encrypted();
  Must(basin.CreateStream("stream"));
  EXPECT_FALSE(Must(Reconfigure(basin, {"stream_cipher"}, {})).has_stream_cipher());
  Must(basin.EnsureStream("stream", Age(60)));
  EXPECT_EQ(CipherOf(basin, "stream"), "aegis-256");
  Must(basin.CreateStream("plain"));
  EXPECT_EQ(CipherOf(basin, "plain"), "");
}

TEST_F(EncryptionTest, WhatIsAppendedWithAKeyIsReadBackWithIt) {
  const s2::Basin basin = Encrypted();
  Must(basin.CreateStream("stream"));
  const s2::Stream stream = basin.Stream("stream").WithEncryptionKey(Key('k'));
  EXPECT_THAT(Must(stream.Append(Input({"a"}))), Spans(0, 1));
  AppendSession session = OpenAppend(stream);
  EXPECT_THAT(Must(Await(session.Submit(Input({"b"})))), Spans(1, 2));
  Close(session);
  EXPECT_THAT(ReadBodies(stream, From(0)), ElementsAre("a", "b"));
  EXPECT_THAT(SessionBodies(stream, Count(From(0), 2)), ElementsAre("a", "b"));
}

TEST_F(EncryptionTest, WithoutAKeyRecordsAreRefusedAndTheTailIsNot) {
  const s2::Basin basin = Encrypted();
  Must(basin.CreateStream("stream"));
  const s2::Stream stream = basin.Stream("stream");
  EXPECT_THAT(stream.Append(Input({"x"})).status(), HasCode(ErrorCode::kBadHeader));
  EXPECT_THAT(stream.Read(From(0)).status(), HasCode(ErrorCode::kBadHeader));
  AppendSession append = OpenAppend(stream);
  EXPECT_THAT(Await(append.Submit(Input({"x"}))).status(), HasCode(ErrorCode::kBadHeader));
  ReadSession read = OpenRead(stream, From(0));
  EXPECT_THAT(EndOf(read), HasCode(ErrorCode::kBadHeader));
  EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 0u);
}

TEST_F(EncryptionTest, AnotherKeyDoesNotDecrypt) {
  const s2::Basin basin = Encrypted();
  Must(basin.CreateStream("stream"));
  Must(basin.Stream("stream").WithEncryptionKey(Key('k')).Append(Input({"a"})));
  EXPECT_THAT(basin.Stream("stream").WithEncryptionKey(Key('l')).Read(From(0)).status(),
              HasCode(ErrorCode::kDecryptionFailed));
}

TEST_F(EncryptionTest, AKeyForAPlainStreamIsIgnored) {
  const s2::Stream stream = NewStream();
  Must(stream.WithEncryptionKey(Key('k')).Append(Input({"a"})));
  EXPECT_THAT(ReadBodies(stream, From(0)), ElementsAre("a"));
}

TEST_F(EncryptionTest, AnEncryptedStreamCanBeDeletedWithoutAKey) {
  const s2::Basin basin = Encrypted();
  Must(basin.CreateStream("stream"));
  Must(basin.Stream("stream").WithEncryptionKey(Key('k')).Append(Input({"a"})));
  EXPECT_EQ(basin.DeleteStream("stream"), absl::OkStatus());
}

TEST_F(EncryptionTest, AStreamCreatedByAnAppendTakesTheCipherToo) {
  BasinConfig config;
  config.set_stream_cipher("aegis-256");
  config.set_create_stream_on_append(true);
  const s2::Basin basin = NewBasin(config);
  Must(basin.Stream("missing").WithEncryptionKey(Key('k')).Append(Input({"a"})));
  EXPECT_EQ(CipherOf(basin, "missing"), "aegis-256");
}

}  // namespace
}  // namespace s2::conformance
