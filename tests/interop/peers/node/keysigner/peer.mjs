// The SDK for servers: its key signer by itself, and its clients, which send what was signed.
import { DfnsApiClient, DfnsDelegatedApiClient } from "@dfns/sdk";
import { AsymmetricKeySigner } from "@dfns/sdk-keysigner";

import { serve } from "../lines.mjs";

const delegated = ({ base_url, token }) => new DfnsDelegatedApiClient({ baseUrl: base_url, authToken: token });

serve({
  sign({ credential_id, private_key, passphrase, algorithm, challenge }) {
    const privateKey = passphrase === undefined ? private_key : { key: private_key, passphrase };
    return new AsymmetricKeySigner({ credId: credential_id, privateKey, algorithm }).sign(challenge);
  },

  create_wallet({ base_url, token, credential_id, private_key, body }) {
    const signer = new AsymmetricKeySigner({ credId: credential_id, privateKey: private_key });
    return new DfnsApiClient({ baseUrl: base_url, authToken: token, signer }).wallets.createWallet({ body });
  },

  create_wallet_init: (question) => delegated(question).wallets.createWalletInit({ body: question.body }),

  create_wallet_complete: (question) =>
    delegated(question).wallets.createWalletComplete({ body: question.body }, question.signed_challenge),
});
