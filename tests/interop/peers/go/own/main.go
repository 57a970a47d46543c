// The protocol in Go's standard library alone, from its description: no module, nothing of ours.
// Questions as JSON on standard input, one a line; an answer or an error for each on standard output.
package main

import (
	"bufio"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

// Members are written in the order in which they stand here.
type clientData struct {
	Challenge   string `json:"challenge"`
	CrossOrigin bool   `json:"crossOrigin,omitempty"`
	Type        string `json:"type"`
}

type fingerprint struct {
	ClientDataHash string `json:"clientDataHash"`
	PublicKey      string `json:"publicKey"`
}

type attestationData struct {
	PublicKey string `json:"publicKey"`
	Signature string `json:"signature"`
	Algorithm string `json:"algorithm,omitempty"`
}

type assertion struct {
	Kind                string `json:"kind"`
	CredentialAssertion struct {
		CredID     string `json:"credId"`
		ClientData string `json:"clientData"`
		Signature  string `json:"signature"`
		Algorithm  string `json:"algorithm,omitempty"`
	} `json:"credentialAssertion"`
}

type credential struct {
	CredentialKind string `json:"credentialKind"`
	CredentialInfo struct {
		CredID          string `json:"credId"`
		ClientData      string `json:"clientData"`
		AttestationData string `json:"attestationData"`
	} `json:"credentialInfo"`
}

type question struct {
	Operation    string     `json:"operation"`
	Kind         string     `json:"kind"`
	PrivateKey   string     `json:"private_key"`
	PublicKey    string     `json:"public_key"`
	CredentialID string     `json:"credential_id"`
	Challenge    string     `json:"challenge"`
	Algorithm    string     `json:"algorithm"`
	Assertion    assertion  `json:"assertion"`
	Credential   credential `json:"credential"`
}

type reply struct {
	Answer any    `json:"answer,omitempty"`
	Error  string `json:"error,omitempty"`
}

var base64url = base64.RawURLEncoding.Strict()

// compact writes JSON as JSON.stringify does: without the escapes that Go adds for HTML.
func compact(value any) []byte {
	var out writer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return out[:len(out)-1] // the encoder ends with a line feed
}

type writer []byte

func (w *writer) Write(data []byte) (int, error) {
	*w = append(*w, data...)
	return len(data), nil
}

func hashOf(algorithm string) crypto.Hash {
	if algorithm == "SHA512" || algorithm == "RSA-SHA512" {
		return crypto.SHA512
	}
	return crypto.SHA256
}

func digest(hash crypto.Hash, data []byte) []byte {
	state := hash.New()
	state.Write(data)
	return state.Sum(nil)
}

func sign(key crypto.Signer, algorithm string, message []byte) ([]byte, error) {
	if _, pure := key.(ed25519.PrivateKey); pure {
		return key.Sign(rand.Reader, message, crypto.Hash(0))
	}
	hash := hashOf(algorithm)
	return key.Sign(rand.Reader, digest(hash, message), hash)
}

func verifies(public any, algorithm string, message, signature []byte) bool {
	hash := hashOf(algorithm)
	switch key := public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, signature)
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, digest(hash, message), signature)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, hash, digest(hash, message), signature) == nil
	}
	return false
}

func generate(kind string) (crypto.Signer, error) {
	curves := map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()}
	switch {
	case curves[kind] != nil:
		return ecdsa.GenerateKey(curves[kind], rand.Reader)
	case kind == "Ed25519":
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	case kind == "RS256":
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return nil, fmt.Errorf("no such kind of key: %s", kind)
}

func readPrivate(text string) (crypto.Signer, error) {
	der, err := hex.DecodeString(text)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	return key.(crypto.Signer), nil
}

func readPublic(text string) (any, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	return x509.ParsePKIXPublicKey(block.Bytes)
}

func publicPEM(key crypto.Signer) ([]byte, string, error) {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	return der, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), err
}

func keyMake(q question) (any, error) {
	key, err := generate(q.Kind)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	public, text, err := publicPEM(key)
	return map[string]string{
		"private_key": hex.EncodeToString(private), "public_key": hex.EncodeToString(public), "public_key_pem": text,
	}, err
}

func assertionSign(q question) (any, error) {
	key, err := readPrivate(q.PrivateKey)
	if err != nil {
		return nil, err
	}
	data := compact(clientData{Challenge: q.Challenge, Type: "key.get"})
	signature, err := sign(key, q.Algorithm, data)
	made := assertion{Kind: "Key"}
	made.CredentialAssertion.CredID = q.CredentialID
	made.CredentialAssertion.ClientData = base64url.EncodeToString(data)
	made.CredentialAssertion.Signature = base64url.EncodeToString(signature)
	made.CredentialAssertion.Algorithm = q.Algorithm
	return made, err
}

// readClientData gives the bytes too, and whether they say what is expected.
func readClientData(text, kind, challenge string) ([]byte, bool, error) {
	data, err := base64url.DecodeString(text)
	if err != nil {
		return nil, false, err
	}
	var read clientData
	err = json.Unmarshal(data, &read)
	return data, read == clientData{Challenge: challenge, Type: kind}, err
}

func assertionVerify(q question) (any, error) {
	inner := q.Assertion.CredentialAssertion
	data, fits, err := readClientData(inner.ClientData, "key.get", q.Challenge)
	if err != nil {
		return nil, err
	}
	signature, err := base64url.DecodeString(inner.Signature)
	if err != nil {
		return nil, err
	}
	public, err := readPublic(q.PublicKey)
	return fits && verifies(public, inner.Algorithm, data, signature), err
}

func fingerprintOf(data []byte, publicKey string) []byte {
	return compact(fingerprint{hex.EncodeToString(digest(crypto.SHA256, data)), publicKey})
}

func credentialCreate(q question) (any, error) {
	key, err := readPrivate(q.PrivateKey)
	if err != nil {
		return nil, err
	}
	_, text, err := publicPEM(key)
	if err != nil {
		return nil, err
	}
	data := compact(clientData{Challenge: q.Challenge, Type: "key.create"})
	signature, err := sign(key, "", fingerprintOf(data, text))
	attested := compact(attestationData{PublicKey: text, Signature: hex.EncodeToString(signature)})
	made := credential{CredentialKind: "Key"}
	made.CredentialInfo.CredID = q.CredentialID
	made.CredentialInfo.ClientData = base64url.EncodeToString(data)
	made.CredentialInfo.AttestationData = base64url.EncodeToString(attested)
	return made, err
}

func credentialVerify(q question) (any, error) {
	info := q.Credential.CredentialInfo
	data, fits, err := readClientData(info.ClientData, "key.create", q.Challenge)
	if err != nil {
		return nil, err
	}
	text, err := base64url.DecodeString(info.AttestationData)
	if err != nil {
		return nil, err
	}
	var attested attestationData
	if err := json.Unmarshal(text, &attested); err != nil {
		return nil, err
	}
	signature, err := hex.DecodeString(attested.Signature)
	if err != nil {
		return nil, err
	}
	public, err := readPublic(attested.PublicKey)
	message := fingerprintOf(data, attested.PublicKey)
	return fits && verifies(public, attested.Algorithm, message, signature), err
}

var operations = map[string]func(question) (any, error){
	"key.make":          keyMake,
	"assertion.sign":    assertionSign,
	"assertion.verify":  assertionVerify,
	"credential.create": credentialCreate,
	"credential.verify": credentialVerify,
}

func answer(line []byte) reply {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return reply{Error: err.Error()}
	}
	value, err := operations[asked.Operation](asked)
	if err != nil {
		return reply{Error: err.Error()}
	}
	return reply{Answer: value}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := out.Encode(answer(lines.Bytes())); err != nil {
			panic(err)
		}
	}
}
