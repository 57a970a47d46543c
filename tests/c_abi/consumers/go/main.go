// Loads a key, signs a challenge, verifies the assertion, prints both outcomes. Usage: consumer KEY.pem CHALLENGE.json
package main

/*
#cgo pkg-config: countermark
#include <countermark.h>
*/
import "C"

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"
)

// Text and bytes go over as an address and a length; an empty slice has no address, which the library takes.
func text(data []byte) (*C.char, C.size_t) {
	return (*C.char)(unsafe.Pointer(unsafe.SliceData(data))), C.size_t(len(data))
}

func check(status C.cm_status, what string) {
	if status == C.CM_OK {
		return
	}
	reason, _ := result(func(out *C.uint8_t, length *C.size_t) C.cm_status { return C.cm_last_error_json(out, length) })
	fmt.Fprintf(os.Stderr, "%s: %s\n%s\n", what, C.GoString(C.cm_status_code_name(status)), reason)
	os.Exit(1)
}

// Asks for the size, then for the result.
func result(call func(*C.uint8_t, *C.size_t) C.cm_status) ([]byte, C.cm_status) {
	var length C.size_t
	status := call(nil, &length)
	if status != C.CM_C_BUFFER_TOO_SMALL {
		return nil, status
	}
	out := make([]byte, length)
	status = call((*C.uint8_t)(unsafe.Pointer(&out[0])), &length)
	return out[:length], status
}

func main() {
	// The last error is kept for the thread that asked.
	runtime.LockOSThread()
	pem, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	challenge, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}

	var key C.cm_private_key
	data, length := text(pem)
	check(C.cm_private_key_from_pem(data, length, nil, 0, &key), "load the key")
	defer C.cm_private_key_close(key)
	var signer C.cm_signer
	data, length = text([]byte(`{"credential_id":"cr-1"}`))
	check(C.cm_signer_new(key, data, length, &signer), "make the signer")
	defer C.cm_signer_close(signer)

	assertion, status := result(func(out *C.uint8_t, room *C.size_t) C.cm_status {
		data, length := text(challenge)
		return C.cm_signer_sign(signer, data, length, out, room)
	})
	check(status, "sign")
	fmt.Println(string(assertion))

	var public C.cm_public_key
	check(C.cm_private_key_public(key, &public), "the public key")
	defer C.cm_public_key_close(public)
	verify := func(expected string) C.cm_status {
		data, length := text(assertion)
		what, size := text([]byte(expected))
		return C.cm_assertion_verify(data, length, public, what, size, nil, nil)
	}
	check(verify(`{"challenge":"Y2gtNDdtNnI","credential_id":"cr-1"}`), "verify")
	status = verify(`{"challenge":"b3RoZXI"}`)
	fmt.Println("ok, and for another challenge", C.GoString(C.cm_status_code_name(status)))
}
