// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/token_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "s2/retry/error.h"
#include "s2/tests/client/counted_tokens.h"
#include "s2/tests/session/manual_executor.h"

namespace s2::internal {
namespace {

using testing::CountedTokens;
using ::testing::ElementsAre;
using ::testing::Not;

class TokenSourceTest : public ::testing::Test {
 protected:
  void Get() {
    source_->Get([this](const absl::StatusOr<Token>& token) {
      got_.push_back(token.ok() ? token->text : std::string(token.status().message()));
    });
  }

  const std::shared_ptr<CountedTokens> provider_ = std::make_shared<CountedTokens>();
  const std::shared_ptr<ManualExecutor> background_ = std::make_shared<ManualExecutor>();
  const std::shared_ptr<TokenSource> source_ =
      std::make_shared<TokenSource>(provider_, "token_provider", background_);
  std::vector<std::string> got_;
};

TEST_F(TokenSourceTest, OneAnswerServesAllThatWait) {
  Get();
  provider_->on_get = [&](int) {
    Get();  // while the provider thinks
    return std::string("token");
  };
  Get();
  background_->RunAll();
  EXPECT_THAT(got_, ElementsAre("token", "token", "token"));
  EXPECT_THAT(provider_->log, ElementsAre("get 1"));
}

TEST_F(TokenSourceTest, ItIsAskedAnewWhenNobodyElseWaits) {
  for (int i = 0; i < 2; ++i) {
    Get();
    background_->RunAll();
  }
  EXPECT_THAT(got_, ElementsAre("1", "2"));
}

TEST_F(TokenSourceTest, ARefusalIsToldOnceHoweverManyCallsWereRefused) {
  Get();
  background_->RunAll();
  for (int i = 0; i < 3; ++i) source_->Refuse(1);
  background_->RunAll();
  source_->Refuse(1);
  background_->RunAll();
  EXPECT_THAT(provider_->log, ElementsAre("get 1", "invalidate 1"));
}

TEST_F(TokenSourceTest, TheProviderIsToldBeforeItIsAskedAgain) {
  Get();
  background_->RunAll();
  Get();
  source_->Refuse(1);
  background_->RunAll();
  EXPECT_THAT(provider_->log, ElementsAre("get 1", "invalidate 1", "get 2"));
  EXPECT_THAT(got_, ElementsAre("1", "2"));
}

TEST_F(TokenSourceTest, TheRefusalOfAnOlderAnswerIsForgotten) {
  for (int i = 0; i < 2; ++i) {
    Get();
    background_->RunAll();
  }
  source_->Refuse(1);
  background_->RunAll();
  EXPECT_THAT(provider_->log, ElementsAre("get 1", "get 2"));
  source_->Refuse(2);
  background_->RunAll();
  EXPECT_THAT(provider_->log, ElementsAre("get 1", "get 2", "invalidate 2"));
}

TEST_F(TokenSourceTest, AnAnswerUnderWayThatBringsTheRefusedTokenIsNotUsed) {
  provider_->on_get = [&](int gets) {
    if (gets == 2) source_->Refuse(1);
    return std::string(gets < 3 ? "old" : "new");
  };
  Get();
  background_->RunAll();
  Get();
  background_->RunAll();
  EXPECT_THAT(provider_->log, ElementsAre("get 1", "get 2", "invalidate old", "get 3"));
  EXPECT_THAT(got_, ElementsAre("old", "new"));
}

TEST_F(TokenSourceTest, AnAnswerUnderWayThatBringsAnotherIsUsedAndTheRefusalIsTold) {
  provider_->on_get = [&](int gets) {
    if (gets == 2) source_->Refuse(1);
    return std::to_string(gets);
  };
  Get();
  background_->RunAll();
  Get();
  background_->RunAll();
  EXPECT_THAT(provider_->log, ElementsAre("get 1", "get 2", "invalidate 1"));
  EXPECT_THAT(got_, ElementsAre("1", "2"));
}

TEST_F(TokenSourceTest, AnErrorIsForAllThatWaitAndTheNextIsAskedAnew) {
  provider_->on_get = [&](int gets) -> absl::StatusOr<std::string> {
    if (gets == 1) return absl::UnavailableError("vault");
    return std::string("token");
  };
  Get();
  Get();
  background_->RunAll();
  Get();
  background_->RunAll();
  EXPECT_THAT(got_, ElementsAre("token_provider: vault", "token_provider: vault", "token"));
}

TEST_F(TokenSourceTest, ATokenThatCannotBeSentIsAnErrorThatDoesNotShowIt) {
  provider_->on_get = [](int) { return std::string("secret\n"); };
  Get();
  background_->RunAll();
  ASSERT_EQ(got_.size(), 1u);
  EXPECT_THAT(got_[0], Not(::testing::HasSubstr("secret")));
}

TEST_F(TokenSourceTest, ItKeepsItselfUntilItHasAnswered) {
  Get();
  auto background = background_;
  std::weak_ptr<TokenSource> source = source_;
  background->RunAll();
  EXPECT_THAT(got_, ElementsAre("1"));
  EXPECT_EQ(source.use_count(), 1);
}

}  // namespace
}  // namespace s2::internal
