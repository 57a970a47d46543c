// The protocol in Java alone, from its description: JSON, base64url and PEM by hand or from the platform,
// keys and signatures from the provider named on the command line (the platform's own without one).
// Questions as JSON on standard input, one a line; an answer or an error for each on standard output.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public final class Peer {
    private static final Map<String, String> CURVES =
            Map.of("ES256", "secp256r1", "ES384", "secp384r1", "ES512", "secp521r1", "ES256K", "secp256k1");
    private static final HexFormat HEX = HexFormat.of();
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
    private static Provider provider;

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0) {
            provider = (Provider) Class.forName(arguments[0]).getConstructor().newInstance();
            Security.addProvider(provider);
        }
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            out.println(reply(line));
        }
    }

    private static String reply(String line) {
        try {
            return Json.write(Map.of("answer", answer(Json.object(line))));
        } catch (Exception error) {
            return Json.write(Map.of("error", error.toString()));
        }
    }

    private static Object answer(Map<String, Object> question) throws Exception {
        return switch (text(question, "operation")) {
            case "key.make" -> make(text(question, "kind"));
            case "assertion.sign" -> signAssertion(question);
            case "assertion.verify" -> verifyAssertion(question);
            case "credential.create" -> createCredential(question);
            case "credential.verify" -> verifyCredential(question);
            default -> throw new IllegalArgumentException("no such operation");
        };
    }

    // --- Keys. ---

    private static Map<String, Object> make(String kind) throws GeneralSecurityException {
        String family = family(kind);
        var generator = provider == null
                ? KeyPairGenerator.getInstance(family) : KeyPairGenerator.getInstance(family, provider);
        if (family.equals("EC")) {
            generator.initialize(new ECGenParameterSpec(CURVES.get(kind)));
        } else if (family.equals("RSA")) {
            generator.initialize(2048);
        }
        var pair = generator.generateKeyPair();
        return Map.of(
                "private_key", HEX.formatHex(pair.getPrivate().getEncoded()),
                "public_key", HEX.formatHex(pair.getPublic().getEncoded()),
                "public_key_pem", pem(pair.getPublic()));
    }

    private static KeyFactory factory(String family) throws GeneralSecurityException {
        return provider == null ? KeyFactory.getInstance(family) : KeyFactory.getInstance(family, provider);
    }

    private static PrivateKey privateKey(Map<String, Object> question) throws GeneralSecurityException {
        byte[] encoded = HEX.parseHex(text(question, "private_key"));
        return factory(family(text(question, "kind"))).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    }

    private static PublicKey publicKey(String kind, String pem) throws GeneralSecurityException {
        String body = pem.replaceAll("-----(BEGIN|END) PUBLIC KEY-----|\\s", "");
        return factory(family(kind)).generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(body)));
    }

    private static String family(String kind) {
        return CURVES.containsKey(kind) ? "EC" : kind.equals("RS256") ? "RSA" : kind;
    }

    private static String pem(PublicKey key) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
        return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
    }

    private static Signature signature(String kind, Object algorithm) throws GeneralSecurityException {
        String hash = algorithm != null && algorithm.toString().endsWith("SHA512") ? "SHA512" : "SHA256";
        String name = switch (family(kind)) {
            case "EC" -> hash + "withECDSA";
            case "RSA" -> hash + "withRSA";
            default -> kind;
        };
        return provider == null ? Signature.getInstance(name) : Signature.getInstance(name, provider);
    }

    private static byte[] sign(Map<String, Object> question, byte[] message) throws GeneralSecurityException {
        var signature = signature(text(question, "kind"), question.get("algorithm"));
        signature.initSign(privateKey(question));
        signature.update(message);
        return signature.sign();
    }

    private static boolean verifies(
            String kind, Object algorithm, PublicKey key, byte[] message, byte[] signed) throws GeneralSecurityException {
        var signature = signature(kind, algorithm);
        signature.initVerify(key);
        signature.update(message);
        try {
            return signature.verify(signed);
        } catch (SignatureException malformed) {
            return false;
        }
    }

    // --- The protocol. ---

    private static byte[] clientData(Map<String, Object> question, String type) {
        var data = new LinkedHashMap<String, Object>();
        data.put("challenge", question.get("challenge"));
        data.put("type", type);
        return utf8(Json.write(data));
    }

    private static boolean fits(byte[] clientData, Map<String, Object> question, String type) throws Exception {
        var read = Json.object(utf8(clientData));
        return type.equals(read.get("type"))
                && text(question, "challenge").equals(read.get("challenge"))
                && !Boolean.TRUE.equals(read.get("crossOrigin"));
    }

    private static byte[] fingerprint(byte[] clientData, String publicKey) throws GeneralSecurityException {
        var content = new LinkedHashMap<String, Object>();
        content.put("clientDataHash", HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(clientData)));
        content.put("publicKey", publicKey);
        return utf8(Json.write(content));
    }

    private static Object signAssertion(Map<String, Object> question) throws GeneralSecurityException {
        byte[] data = clientData(question, "key.get");
        var inner = new LinkedHashMap<String, Object>();
        inner.put("credId", question.get("credential_id"));
        inner.put("clientData", BASE64URL.encodeToString(data));
        inner.put("signature", BASE64URL.encodeToString(sign(question, data)));
        if (question.get("algorithm") != null) {
            inner.put("algorithm", question.get("algorithm"));
        }
        return Map.of("kind", "Key", "credentialAssertion", inner);
    }

    private static Object verifyAssertion(Map<String, Object> question) throws Exception {
        var inner = inside(inside(question, "assertion"), "credentialAssertion");
        byte[] data = Base64.getUrlDecoder().decode(text(inner, "clientData"));
        byte[] signed = Base64.getUrlDecoder().decode(text(inner, "signature"));
        String kind = text(question, "kind");
        var key = publicKey(kind, text(question, "public_key"));
        return fits(data, question, "key.get") && verifies(kind, inner.get("algorithm"), key, data, signed);
    }

    private static Object createCredential(Map<String, Object> question) throws GeneralSecurityException {
        String text = text(question, "public_key");
        byte[] data = clientData(question, "key.create");
        var attested = new LinkedHashMap<String, Object>();
        attested.put("publicKey", text);
        attested.put("signature", HEX.formatHex(sign(question, fingerprint(data, text))));
        var info = Map.of(
                "credId", question.get("credential_id"),
                "clientData", BASE64URL.encodeToString(data),
                "attestationData", BASE64URL.encodeToString(utf8(Json.write(attested))));
        return Map.of("credentialKind", "Key", "credentialInfo", info);
    }

    private static Object verifyCredential(Map<String, Object> question) throws Exception {
        var info = inside(inside(question, "credential"), "credentialInfo");
        byte[] data = Base64.getUrlDecoder().decode(text(info, "clientData"));
        var attested = Json.object(utf8(Base64.getUrlDecoder().decode(text(info, "attestationData"))));
        String text = text(attested, "publicKey");
        String kind = text(question, "kind");
        byte[] signed = HEX.parseHex(text(attested, "signature"));
        return fits(data, question, "key.create")
                && verifies(kind, attested.get("algorithm"), publicKey(kind, text), fingerprint(data, text), signed);
    }

    // --- Values. ---

    private static String text(Map<String, Object> object, String name) {
        return (String) object.get(name);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> inside(Map<String, Object> object, String name) {
        return (Map<String, Object>) object.get(name);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String utf8(byte[] data) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
    }

    /** As much of RFC 8259 as the protocol needs: objects, strings, true, false and null. */
    private static final class Json {
        private static final String SHORT = "\"\\bfnrt";
        private static final String MEANT = "\"\\\b\f\n\r\t";
        private final String text;
        private int at;

        private Json(String text) {
            this.text = text;
        }

        @SuppressWarnings("unchecked")
        static Map<String, Object> object(String text) {
            var reader = new Json(text);
            var read = (Map<String, Object>) reader.value();
            reader.expect(reader.at == text.length());
            return read;
        }

        private void expect(boolean fact) {
            if (!fact) {
                throw new IllegalArgumentException("not JSON at " + at);
            }
        }

        private char next() {
            expect(at < text.length());
            return text.charAt(at++);
        }

        private boolean follows(String expected) {
            boolean there = text.startsWith(expected, at);
            at += there ? expected.length() : 0;
            return there;
        }

        private void spaces() {
            while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private Object value() {
            spaces();
            Object read;
            if (follows("{")) {
                read = members();
            } else if (follows("\"")) {
                read = string();
            } else if (follows("true")) {
                read = Boolean.TRUE;
            } else {
                expect(follows("null") || text.startsWith("false", at));
                read = follows("false") ? Boolean.FALSE : null;
            }
            spaces();
            return read;
        }

        private Map<String, Object> members() {
            var read = new LinkedHashMap<String, Object>();
            spaces();
            if (follows("}")) {
                return read;
            }
            do {
                spaces();
                expect(follows("\""));
                String name = string();
                spaces();
                expect(follows(":"));
                read.put(name, value());
            } while (follows(","));
            expect(follows("}"));
            return read;
        }

        private String string() {
            var read = new StringBuilder();
            for (char sign = next(); sign != '"'; sign = next()) {
                expect(sign >= ' ');
                read.append(sign == '\\' ? escaped(next()) : sign);
            }
            return read.toString();
        }

        private char escaped(char sign) {
            if (sign == 'u') {
                at += 4;
                expect(at <= text.length());
                return (char) HexFormat.fromHexDigits(text, at - 4, at);
            }
            int index = SHORT.indexOf(sign);
            expect(index >= 0 || sign == '/');
            return index < 0 ? sign : MEANT.charAt(index);
        }

        static String write(Object value) {
            if (value instanceof Map<?, ?> members) {
                List<String> written = members.entrySet().stream()
                        .map(one -> write(one.getKey()) + ":" + write(one.getValue()))
                        .toList();
                return "{" + String.join(",", written) + "}";
            }
            if (!(value instanceof String text)) {
                return String.valueOf(value);
            }
            var written = new StringBuilder("\"");
            for (char sign : text.toCharArray()) {
                int index = MEANT.indexOf(sign);
                if (index >= 0) {
                    written.append('\\').append(SHORT.charAt(index));
                } else if (sign < ' ') {
                    written.append(String.format("\\u%04x", (int) sign));
                } else {
                    written.append(sign);
                }
            }
            return written.append('"').toString();
        }
    }
}
