// Secrets at rest and the files of keys: what a thief of the database, or of a row, gets.
#include "security/vault.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "base/testing.h"
#include "base/text.h"
#include "security/key_file.h"

namespace foz::security {
namespace {

using testing::HasSubstr;
using testing::Not;

class VaultTest : public testing::Test {
 protected:
  Vault open(const char* file = "key") { return Vault::open(folder_ / file).value(); }
  const SecretName name_{.sandbox = "s1", .object = "o1", .field = "auth.params.password"};
  const Secret secret_{"correct horse"};
  TemporaryFolder folder_;
};

TEST_F(VaultTest, SealsForTheSameKeyOnly) {
  const std::string sealed = open().seal(name_, secret_);
  EXPECT_THAT(from_base64(sealed).value(), Not(HasSubstr("correct")));
  EXPECT_NE(sealed, open().seal(name_, secret_)) << "no two seals are alike";
  EXPECT_EQ(open().unseal(name_, sealed)->reveal(), "correct horse") << "the key outlives the process";
  EXPECT_EQ(open("other").unseal(name_, sealed).error().kind, ErrorKind::corrupt);
}

TEST_F(VaultTest, ARowMovedElsewhereIsWorthNothing) {
  const Vault vault = open();
  const std::string sealed = vault.seal(name_, secret_);
  for (const SecretName& other : {SecretName{"s2", "o1", name_.field}, SecretName{"s1", "o2", name_.field}, SecretName{"s1", "o1", "auth.params.token"}}) {
    EXPECT_EQ(vault.unseal(other, sealed).error().kind, ErrorKind::corrupt);
  }
}

TEST_F(VaultTest, NoByteOfASealCanChange) {
  const Vault vault = open();
  const std::string bytes = from_base64(vault.seal(name_, secret_)).value();
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    const auto opened = vault.unseal(name_, to_base64(damaged));
    ASSERT_FALSE(opened) << "byte " << i;
    EXPECT_THAT(opened.error().message, Not(HasSubstr("correct")));
    ASSERT_FALSE(vault.unseal(name_, to_base64(bytes.substr(0, i)))) << "cut at " << i;
  }
  EXPECT_FALSE(vault.unseal(name_, "no base64!"));
}

TEST_F(VaultTest, KeepsAndForgets) {
  const auto database = store::open_sqlite({.file = folder_ / "foz.db"}).value();
  const Vault vault = open();
  EXPECT_TRUE(database->write([&](store::Transaction& transaction) -> Status {
    TRY_DO(vault.put(transaction, name_, Secret("old")));
    return vault.put(transaction, name_, secret_);
  }));
  EXPECT_EQ(vault.get(*database, name_)->reveal(), "correct horse");
  EXPECT_EQ(vault.get(*database, {"s1", "o1", "other"}).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(database->write([&](store::Transaction& transaction) { return vault.forget(transaction, "s1", "o1"); }));
  EXPECT_EQ(vault.get(*database, name_).error().kind, ErrorKind::not_found);
}

TEST_F(VaultTest, KeyFilesAreTheirOwnersAlone) {
  ASSERT_TRUE(Vault::open(folder_ / "key"));
  struct stat info {};
  ASSERT_EQ(::stat((folder_ / "key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
  ::chmod((folder_ / "key").c_str(), 0640);
  const auto shared = Vault::open(folder_ / "key");
  ASSERT_FALSE(shared);
  EXPECT_EQ(shared.error().kind, ErrorKind::forbidden);
  EXPECT_THAT(shared.error().message, HasSubstr("key"));
}

TEST_F(VaultTest, ADamagedKeyIsNeverReplaced) {
  for (const char* content : {"", "abc\n", "zz"}) {
    ASSERT_TRUE(write_private(folder_ / "key", content));
    EXPECT_EQ(Vault::open(folder_ / "key").error().kind, ErrorKind::corrupt) << content;
    std::ifstream file(folder_ / "key");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), content);
  }
}

}  // namespace
}  // namespace foz::security
