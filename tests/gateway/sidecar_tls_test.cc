// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_replace.h"
#include "s2/tests/connect/certificates.h"
#include "s2/tests/gateway/sidecar_fixture.h"

namespace s2::testing {
namespace {

class SidecarTlsTest : public SidecarTest {
 protected:
  // A channel that trusts the authority, and shows a certificate if there is one.
  std::shared_ptr<grpc::Channel> ConnectWithTls(const std::string& address,
                                                const Certificate* own = nullptr) const {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = authority_.certificate();
    if (own != nullptr) {
      ssl.pem_private_key = own->key();
      ssl.pem_cert_chain = own->certificate();
    }
    return grpc::CreateChannel(absl::StrReplaceAll(address, {{"127.0.0.1", "localhost"}}),
                               grpc::SslCredentials(ssl));
  }

  const Certificate authority_{"authority", nullptr};
  const Certificate server_{"localhost", &authority_};
  const std::string certificate_ = "--cert=" + WriteFile("cert.pem", server_.certificate());
  const std::string key_ = "--key=" + WriteFile("key.pem", server_.key());
  const std::string client_roots_ =
      "--client-roots=" + WriteFile("roots.pem", authority_.certificate());
  PlayedS2 s2_;
};

TEST_F(SidecarTlsTest, ServesTlsAndNothingInTheClear) {
  GatewayProgram program(s2_, {certificate_, key_});
  const std::string address = program.Address();
  EXPECT_EQ(ListBasins(ConnectWithTls(address)), absl::OkStatus());
  EXPECT_EQ(ListBasins(ConnectTo(address)).code(), absl::StatusCode::kUnavailable);
}

TEST_F(SidecarTlsTest, WithClientRootsACertificateIsNeeded) {
  GatewayProgram program(s2_, {certificate_, key_, client_roots_});
  const std::string address = program.Address();
  const Certificate client("client", &authority_);
  const Certificate stranger("stranger", nullptr);
  EXPECT_EQ(ListBasins(ConnectWithTls(address, &client)), absl::OkStatus());
  EXPECT_EQ(ListBasins(ConnectWithTls(address)).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ListBasins(ConnectWithTls(address, &stranger)).code(), absl::StatusCode::kUnavailable);
}

TEST_F(SidecarTlsTest, ClientsWithCertificatesMayUseItsToken) {
  const std::string token = WriteFile("tls-token", "own");
  GatewayProgram program({"--upstream", s2_.url(), "--listen=0.0.0.0:0", "--token-file", token,
                          certificate_, key_, client_roots_});
  const std::string address = absl::StrReplaceAll(program.Address(), {{"0.0.0.0", "localhost"}});
  const Certificate client("client", &authority_);
  EXPECT_EQ(ListBasins(ConnectWithTls(address, &client)), absl::OkStatus());
  EXPECT_EQ(s2_.authorization(), "Bearer own");
}

}  // namespace
}  // namespace s2::testing
