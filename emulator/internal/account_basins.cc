// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/account.h"
#include "s2/emulator/internal/account_helpers.h"
#include "s2/emulator/internal/config_resolve.h"
#include "s2/emulator/internal/wall_clock.h"
#include "s2/record/validate.h"

namespace s2::emulator {

absl::StatusOr<rpc::v1::CreateBasinResponse> Account::CreateBasin(
    const rpc::v1::CreateBasinRequest& request) {
  absl::Status valid =
      WithCode(ErrorCode::kBadHeader, ValidateRequestToken(request.request_token()));
  valid.Update(WithCode(ErrorCode::kBadJson, ValidateBasinName(request.basin())));
  valid.Update(Validate(request.config()));
  if (!valid.ok()) return valid;
  const rpc::v1::BasinConfig config = Normalize(request.config());
  const auto key = CreationKey(request.request_token(), config);

  rpc::v1::CreateBasinResponse response;
  absl::MutexLock lock(&mu_);
  const auto found = basins_.find(request.basin());
  if (found == basins_.end()) {
    Basin& basin = AddBasinLocked(request.basin(), config);
    basin.creation_key = key;
    *response.mutable_info() = MakeInfo<rpc::v1::BasinInfo>(request.basin(), basin);
    response.set_result(rpc::v1::PROVISION_RESULT_CREATED);
    return response;
  }
  if (absl::Status s = FindLiveBasinLocked(request.basin()).status(); !s.ok()) return s;
  if (!IsRepeat(key, found->second)) {
    return Error(ErrorCode::kResourceAlreadyExists, "basin", request.basin(), "exists");
  }
  *response.mutable_info() = MakeInfo<rpc::v1::BasinInfo>(request.basin(), found->second);
  response.set_result(rpc::v1::PROVISION_RESULT_NOOP);
  return response;
}

absl::StatusOr<rpc::v1::EnsureBasinResponse> Account::EnsureBasin(
    const rpc::v1::EnsureBasinRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateBasinName(request.basin()));
  valid.Update(Validate(request.config()));
  if (!valid.ok()) return valid;
  const rpc::v1::BasinConfig config = Normalize(request.config());

  rpc::v1::EnsureBasinResponse response;
  absl::MutexLock lock(&mu_);
  auto found = basins_.find(request.basin());
  if (found == basins_.end()) {
    AddBasinLocked(request.basin(), config);
    found = basins_.find(request.basin());
    response.set_result(rpc::v1::PROVISION_RESULT_CREATED);
  } else if (absl::Status s = FindLiveBasinLocked(request.basin()).status(); !s.ok()) {
    return s;
  } else {
    response.set_result(SameConfig(found->second.config, config)
                            ? rpc::v1::PROVISION_RESULT_NOOP
                            : rpc::v1::PROVISION_RESULT_UPDATED);
    found->second.config = config;
  }
  *response.mutable_info() = MakeInfo<rpc::v1::BasinInfo>(request.basin(), found->second);
  return response;
}

absl::StatusOr<rpc::v1::ListBasinsResponse> Account::ListBasins(
    const rpc::v1::ListBasinsRequest& request) {
  rpc::v1::ListBasinsResponse response;
  absl::MutexLock lock(&mu_);
  response.set_has_more(
      ListPage(basins_, request, [&](const std::string& name, const Basin& basin) {
        *response.add_basins() = MakeInfo<rpc::v1::BasinInfo>(name, basin);
      }));
  return response;
}

absl::StatusOr<rpc::v1::BasinConfig> Account::GetBasinConfig(
    const rpc::v1::GetBasinConfigRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateBasinName(request.basin()));
  if (!valid.ok()) return valid;
  absl::MutexLock lock(&mu_);
  absl::StatusOr<Basin*> basin = FindBasinLocked(request.basin());
  if (!basin.ok()) return basin.status();
  return (*basin)->config;
}

absl::StatusOr<rpc::v1::BasinConfig> Account::ReconfigureBasin(
    const rpc::v1::ReconfigureBasinRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateBasinName(request.basin()));
  if (!valid.ok()) return valid;
  absl::MutexLock lock(&mu_);
  absl::StatusOr<Basin*> basin = FindLiveBasinLocked(request.basin());
  if (!basin.ok()) return basin.status();
  absl::Status s = Update(request.config(), request.update_mask(), (*basin)->config);
  if (!s.ok()) return s;
  return (*basin)->config;
}

absl::StatusOr<rpc::v1::DeleteBasinResponse> Account::DeleteBasin(
    const rpc::v1::DeleteBasinRequest& request) {
  absl::Status valid = WithCode(ErrorCode::kBadPath, ValidateBasinName(request.basin()));
  if (!valid.ok()) return valid;
  absl::MutexLock lock(&mu_);
  absl::StatusOr<Basin*> basin = FindBasinLocked(request.basin());
  if (!basin.ok()) return basin.status();
  if ((*basin)->deleting()) return rpc::v1::DeleteBasinResponse();
  (*basin)->deleted_at = WallNow(*clock_);
  (*basin)->timer = clock_->CallAt(
      clock_->Now() + deletion_hold_,
      [self = weak_from_this(), name = request.basin(), deleted_at = (*basin)->deleted_at] {
        if (auto account = self.lock()) account->PurgeBasin(name, deleted_at);
      });
  return rpc::v1::DeleteBasinResponse();
}

}  // namespace s2::emulator
