// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_WIRE_METADATA_H_
#define S2_WIRE_METADATA_H_

// The keys of the metadata of calls of our services. A request has each of its keys once at most: a
// server refuses a call whose metadata repeat one.
namespace s2::wire {

// The basin that a call is for, by its name. Needed by BasinService and StreamService.
inline constexpr char kBasinKey[] = "s2-basin";

// The stream that a call is for: its name, as PercentEncode of wire/percent.h makes it. Needed by
// StreamService.
inline constexpr char kStreamKey[] = "s2-stream";

// The configuration of a stream that the call may create: a serialised s2.rpc.v1.StreamConfig.
inline constexpr char kStreamConfigKey[] = "s2-stream-config-bin";

// The key that the stream's records are encrypted with: base64 of 32 bytes.
inline constexpr char kEncryptionKeyKey[] = "s2-encryption-key";

// Who calls: kBearer and the access token behind it.
inline constexpr char kAuthorizationKey[] = "authorization";
inline constexpr char kBearer[] = "Bearer ";

// All keys of a request.
inline constexpr const char* kRequestKeys[] = {kBasinKey, kStreamKey, kStreamConfigKey,
                                               kEncryptionKeyKey, kAuthorizationKey};

// In the initial metadata of an answer: the server has accepted the session. It is sent at once,
// before any message, and a client sends no input before it has come. A refused session is without
// it.
inline constexpr char kAcceptedKey[] = "s2-session";
inline constexpr char kAcceptedValue[] = "1";

}  // namespace s2::wire

#endif  // S2_WIRE_METADATA_H_
