/* Loads a key, signs a challenge, verifies the assertion, prints both outcomes. Usage: sign KEY.pem CHALLENGE.json */
#include <countermark.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_file(const char *name, size_t *length) {
  FILE *file = fopen(name, "rb");
  if (file == NULL) {
    perror(name);
    exit(2);
  }
  char *text = malloc(65536);
  if (text == NULL) exit(2);
  *length = fread(text, 1, 65536, file);
  fclose(file);
  return text;
}

static void check(cm_status status, const char *what) {
  if (status == CM_OK) return;
  char reason[4096];
  size_t length = sizeof reason;
  if (cm_last_error_json((uint8_t *)reason, &length) != CM_OK) length = 0;
  fprintf(stderr, "%s: %s\n%.*s\n", what, cm_status_code_name(status), (int)length, reason);
  exit(1);
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  size_t pem_length, challenge_length;
  char *pem = read_file(arguments[1], &pem_length);
  char *challenge = read_file(arguments[2], &challenge_length);
  if (cm_abi_version() != CM_ABI_VERSION) return 2;

  cm_private_key key;
  check(cm_private_key_from_pem(pem, pem_length, NULL, 0, &key), "load the key");
  memset(pem, 0, pem_length);
  cm_signer signer;
  static const char options[] = "{\"credential_id\":\"cr-1\"}";
  check(cm_signer_new(key, options, strlen(options), &signer), "make the signer");

  /* The first call asks for the size, the second signs. */
  size_t length = 0;
  cm_status status = cm_signer_sign(signer, challenge, challenge_length, NULL, &length);
  if (status != CM_C_BUFFER_TOO_SMALL) check(status, "sign");
  char *assertion = malloc(length);
  if (assertion == NULL) return 2;
  check(cm_signer_sign(signer, challenge, challenge_length, (uint8_t *)assertion, &length), "sign");
  printf("%.*s\n", (int)length, assertion);

  cm_public_key public_key;
  check(cm_private_key_public(key, &public_key), "the public key");
  static const char expected[] = "{\"challenge\":\"Y2gtNDdtNnI\",\"credential_id\":\"cr-1\"}";
  check(cm_assertion_verify(assertion, length, public_key, expected, strlen(expected), NULL, NULL), "verify");
  static const char other[] = "{\"challenge\":\"b3RoZXI\"}";
  status = cm_assertion_verify(assertion, length, public_key, other, strlen(other), NULL, NULL);
  printf("ok, and for another challenge %s\n", cm_status_code_name(status));

  check(cm_public_key_close(public_key), "close");
  check(cm_signer_close(signer), "close");
  check(cm_private_key_close(key), "close");
  free(assertion);
  free(challenge);
  free(pem);
  return 0;
}
