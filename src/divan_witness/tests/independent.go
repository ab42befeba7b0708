// A log written without Divan: golang.org/x/mod makes the tree, the proofs and the notes, and checks what the witness
// signs. Arguments: the witness's address, its public key, and the log's private key.
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// cosigner verifies cosignature/v1 as C2SP tlog-cosignature describes it; the Go library knows only plain notes.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
	at   uint64
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.id }
func (c *cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	c.at = binary.BigEndian.Uint64(sig)
	return ed25519.Verify(c.key, []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", c.at, text)), sig[8:])
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func parseCosigner(vkey string) *cosigner {
	parts := strings.SplitN(vkey, "+", 3)
	id, err := strconv.ParseUint(parts[1], 16, 32)
	check(err)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	check(err)
	if key[0] != 4 || len(key) != 33 {
		check(errors.New("not a cosigner's key"))
	}
	return &cosigner{name: parts[0], id: uint32(id), key: key[1:]}
}

type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range indexes {
		out = append(out, h[i])
	}
	return out, nil
}

func grow(stored hashes, salt string, from, to int64) hashes {
	for n := from; n < to; n++ {
		more, err := tlog.StoredHashes(n, []byte(fmt.Sprintf("%s%d", salt, n)), stored)
		check(err)
		stored = append(stored, more...)
	}
	return stored
}

func head(stored hashes, size int64, signer note.Signer) string {
	root, err := tlog.TreeHash(size, stored)
	check(err)
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), size, root)}, signer)
	check(err)
	return string(signed)
}

func submit(url string, old int64, proof tlog.TreeProof, head string) (int, string, string) {
	var body bytes.Buffer
	fmt.Fprintf(&body, "old %d\n", old)
	for _, hash := range proof {
		fmt.Fprintln(&body, hash)
	}
	fmt.Fprintf(&body, "\n%s", head)
	answer, err := http.Post(url+"/add-checkpoint", "", &body)
	check(err)
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	check(err)
	return answer.StatusCode, answer.Header.Get("Content-Type"), string(said)
}

func expect(what string, status, wanted int, said string) {
	if status != wanted {
		check(fmt.Errorf("%s: %d %q, not %d", what, status, said, wanted))
	}
}

func main() {
	url, witness := os.Args[1], parseCosigner(os.Args[2])
	signer, err := note.NewSigner(os.Args[3])
	check(err)
	var stored hashes
	var old int64
	for _, size := range []int64{1, 3, 7, 8, 100, 256, 257, 1000} {
		stored = grow(stored, "", old, size)
		var proof tlog.TreeProof
		if old > 0 {
			proof, err = tlog.ProveTree(size, old, stored)
			check(err)
			status, kind, said := submit(url, 0, nil, head(stored, size, signer))
			expect("stale", status, 409, said)
			if kind != "text/x.tlog.size" || said != fmt.Sprintf("%d\n", old) {
				check(fmt.Errorf("stale: %q %q", kind, said))
			}
			if len(proof) > 0 {
				status, _, said = submit(url, old, proof[1:], head(stored, size, signer))
				expect("bad proof", status, 422, said)
			}
		}
		text := head(stored, size, signer)
		status, _, said := submit(url, old, proof, text)
		expect("growth", status, 200, said)
		opened, err := note.Open([]byte(text+said), note.VerifierList(witness))
		check(err)
		if len(opened.Sigs) != 1 || witness.at == 0 {
			check(errors.New("no cosignature"))
		}
		old = size
	}
	fork := grow(nil, "another history ", 0, old)
	status, _, said := submit(url, old, nil, head(fork, old, signer))
	expect("fork", status, 409, said)
	fmt.Println("witnessed", old)
}
