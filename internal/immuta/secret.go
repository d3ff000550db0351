package immuta

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash/maphash"
	"html"
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// A secret of fewer characters is blotted out only where it stands alone, unencoded, or a header's value "e" would blot every
	// message. Fillers do not count.
	leastAnywhere = 4
	// A secret of fewer characters is blotted out only as a whole, a longer one also where it is cut off.
	leastCut = 8
	// A fragment is at least as long as the window that finds it: as many bytes as six tenths of the
	// secret's characters, within these bounds.
	leastWindow, mostWindow = 6, 16
	// A line of a secret of several lines is a secret of its own from this many characters on.
	leastLine = 16
	// Windows begin at every byte of a secret of up to this size; of a longer one they begin further apart, but at most mostStride.
	denseSize, mostStride = 256, 8
	// A text is unescaped this often: twice for what was escaped twice, and once for the message around it.
	unescapings = 3
	// Masking uncovers something new to mask only if secrets contain the mask itself or stand alone next to it.
	maskings = 8
)

// secrets is everything that a client ever sent or received as a secret. It is safe for concurrent use, and the zero value
// is empty. Secrets only ever join it.
//
// No secret is kept as text, only hashes of its windows: the stretches of it that betray a fragment. That is one for each
// byte of a secret of up to 256 bytes and one for every eighth of one from 2 KiB, at up to 40 bytes each, and the same again for
// its lines and for what it is the base64 of: 1.5 KB for an API key of 40 characters, less than 100 KB for a key file of 8 KB.
type secrets struct {
	mu      sync.RWMutex
	known   map[uint64]struct{} // hashes of the texts that were added
	windows map[uint64]struct{} // hashes of windows, with the kind in their lowest bits
	lengths [kinds][]int        // of the windows of each kind, in bytes, ascending
	begins  map[uint32]struct{} // how windows begin: what begins otherwise need not be hashed
}

// A kind says how a window is matched.
type kind uint64

const (
	dense  kind = iota // anywhere
	sparse             // anywhere; the windows next to it are not known, so what is joined to it goes as well
	short              // anywhere, unless it is only separate words that, taken together, read like it
	alone              // where no letter or digit is next to it
	kinds              // how many there are; a power of two
)

// seed makes hashes that no text can be made to collide with.
var seed = maphash.MakeSeed()

func hash(b []byte, k kind) uint64 { return maphash.Bytes(seed, b)&^uint64(kinds-1) | uint64(k) }

// add makes secrets of texts. What they hold as base64, as the content of a user file is sent, is a secret as well, and so
// is each long line.
func (s *secrets) add(texts ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known, s.windows, s.begins = map[uint64]struct{}{}, map[uint64]struct{}{}, map[uint32]struct{}{}
	}
	for _, text := range texts {
		s.learn(text)
	}
}

func (s *secrets) learn(text string) {
	key := maphash.String(seed, text)
	if _, ok := s.known[key]; ok || text == "" || len(text) > math.MaxInt32 {
		return
	}
	s.known[key] = struct{}{}
	if content, ok := fromBase64(text); ok {
		s.learn(content)
	}
	stride := min((len(text)+denseSize-1)/denseSize, mostStride)
	s.learnForms(text, stride)
	if !utf8.ValidString(text) {
		return // it has no lines
	}
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if utf8.RuneCountInString(line) >= leastLine && len(line) < len(text) {
			s.learnForms(line, stride)
		}
	}
}

// fromBase64 decodes either alphabet, padded or not, wrapped or not, unless it is too short to be told from a word. The lines
// around a key in PEM are made of letters of base64, and must not become secret that way.
func fromBase64(text string) (string, bool) {
	text = strings.Join(strings.Fields(text), "")
	if len(text) < 8 || strings.HasPrefix(text, "-----") {
		return "", false
	}
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	content, err := base64.RawStdEncoding.DecodeString(text)
	return string(content), err == nil
}

// publicLine is the first and the last line of a key in PEM, without white space. They are no secret by themselves.
var publicLine = regexp.MustCompile(`(?:-----(?:BEGIN|END)[A-Z0-9]+-----)+`)

// learnForms takes in a secret as it is and as it reads when it is taken for escaped, because that is done to every text.
func (s *secrets) learnForms(text string, stride int) {
	text = strings.TrimSpace(text)
	packed := newLayer(text, false).packed().data
	spaced := len(packed) < len(text)
	tiny := utf8.RuneCount(packed) < leastAnywhere
	form := func(l *layer) {
		data := l.packed().data
		switch n := utf8.RuneCount(data); {
		case tiny:
			s.put(l.data, alone)
		case n < leastAnywhere: // what an escape stands for, such as &lt;
		case n < leastCut && spaced:
			s.put(data, dense)
		case n < leastCut:
			s.put(data, short)
		default:
			s.putWindows(data, stride)
		}
	}
	if l := newLayer(text, tiny); utf8.ValidString(text) {
		l.eachForm(form)
	} else {
		form(l) // nobody escapes what is no text
	}
}

func (s *secrets) putWindows(data []byte, stride int) {
	k := dense
	if stride > 1 {
		k = sparse
	}
	size := min(max((6*utf8.RuneCount(data)+9)/10, leastWindow), mostWindow)
	public := publicLine.FindAllIndex(data, -1)
	last := len(data) - size
	for i := 0; ; i = min(i+stride, last) {
		for len(public) > 0 && public[0][1] < i+size {
			public = public[1:]
		}
		if len(public) == 0 || i < public[0][0] {
			s.put(data[i:i+size], k)
		}
		if i == last {
			return
		}
	}
}

func (s *secrets) put(window []byte, k kind) {
	if len(window) == 0 {
		return
	}
	key := hash(window, k)
	if _, ok := s.windows[key]; ok {
		return
	}
	s.windows[key] = struct{}{}
	if i, ok := slices.BinarySearch(s.lengths[k], len(window)); !ok {
		s.lengths[k] = slices.Insert(s.lengths[k], i, len(window))
	}
	if k != alone {
		s.begins[binary.LittleEndian.Uint32(window)] = struct{}{}
	}
}

// mask replaces every secret in a text, and every long enough fragment of one, however it is spelled: escaped for JSON, URLs
// or HTML, wrapped, in base64 or in hex. It takes time and memory in proportion to the text.
func (s *secrets) mask(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.windows) == 0 || text == "" {
		return text
	}
	if len(text) > math.MaxInt32 {
		return masked
	}
	// Again until nothing changes, so that what is masked stays the same when it is masked once more.
	for range maskings {
		next := s.maskOnce(text)
		if next == text {
			return text
		}
		text = next
	}
	return masked
}

func (s *secrets) maskOnce(text string) string {
	var found spans
	newLayer(text, false).eachForm(func(l *layer) { s.search(l, &found) })
	if len(found) == 0 && len(s.lengths[alone]) == 0 {
		return text
	}
	last := newLayer(text, true).eachForm(func(*layer) {})
	s.searchAlone(last, &found)
	if len(found) == 0 {
		return text
	}
	return found.replaced(text, last)
}

// search looks for secrets in a layer of a text, as they are and in base64 and hex.
func (s *secrets) search(l *layer, found *spans) {
	if len(s.begins) == 0 {
		return
	}
	s.searchIn(l.packed(), found)
	decoded := &layer{text: l.text, coded: true}
	for _, e := range []*encoding{inBase64, inHex} {
		l.decode(e, decoded, func() {
			decoded.eachForm(func(l *layer) { s.searchIn(l.packed(), found) })
			decoded.data, decoded.of = decoded.data[:0], decoded.of[:0]
		})
	}
}

// searchIn looks for windows at every byte of a layer. A short secret is not made up of separate words.
func (s *secrets) searchIn(l *layer, found *spans) {
	for i := 0; i+leastAnywhere <= len(l.data); i++ {
		if _, ok := s.begins[binary.LittleEndian.Uint32(l.data[i:])]; !ok {
			continue
		}
		for k, lengths := range s.lengths[:alone] {
			for _, n := range lengths {
				if i+n > len(l.data) {
					break
				}
				if _, ok := s.windows[hash(l.data[i:i+n], kind(k))]; !ok {
					continue
				}
				from, to := i, i+n
				if kind(k) == short && !l.joined(from, to) {
					continue
				}
				if kind(k) == sparse {
					from, to = l.widened(from, to)
				}
				found.add(l.of[from].start, l.of[to-1].end)
			}
		}
	}
}

// searchAlone looks for the secrets that are so short that they count only where they stand alone.
func (s *secrets) searchAlone(l *layer, found *spans) {
	for i := range l.data {
		if before, _ := utf8.DecodeLastRune(l.data[:i]); isWord(before) {
			continue
		}
		for _, n := range s.lengths[alone] {
			if i+n > len(l.data) {
				break
			}
			if after, _ := utf8.DecodeRune(l.data[i+n:]); isWord(after) {
				continue
			}
			if _, ok := s.windows[hash(l.data[i:i+n], alone)]; ok {
				found.add(l.of[i].start, l.of[i+n-1].end)
			}
		}
	}
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// span is a stretch of a text.
type span struct{ start, end int32 }

type spans []span

func (s *spans) add(start, end int32) {
	if n := len(*s); n > 0 && (*s)[n-1].start <= start && start <= (*s)[n-1].end {
		(*s)[n-1].end = max((*s)[n-1].end, end)
		return
	}
	*s = append(*s, span{start, end})
}

// replaced is the text with the mask in place of the spans. They are widened to whole characters and escapes, which those of
// the last layer are: each stands for as much of the text as those of the layers before it together.
func (s spans) replaced(text string, last *layer) string {
	for i := range s {
		s[i].start, s[i].end = last.whole(s[i].start, s[i].end)
	}
	slices.SortFunc(s, func(a, b span) int { return int(a.start) - int(b.start) })
	var merged spans
	for _, part := range s {
		merged.add(part.start, part.end)
	}
	var b strings.Builder
	at := int32(0)
	for _, part := range merged {
		b.WriteString(text[at:part.start])
		b.WriteString(masked)
		at = part.end
	}
	b.WriteString(text[at:])
	return b.String()
}

// layer is a text without its white space, or with its escapes undone, or what it is the base64 of. Each byte knows the span of
// the text that it stands for. Spans ascend.
type layer struct {
	text   string
	spaces bool // white space is kept
	coded  bool // it comes out of base64 or hex
	data   []byte
	of     []span
}

func newLayer(text string, spaces bool) *layer {
	l := &layer{text: text, spaces: spaces}
	l.grow(len(text))
	for i := range len(text) {
		softBreak := text[i] == '=' && i+1 < len(text) && (text[i+1] == '\n' || text[i+1] == '\r')
		if spaces || !softBreak && !isSpace(text[i]) {
			l.put(text[i], int32(i), int32(i+1))
		}
	}
	return l
}

func (l *layer) grow(n int) {
	l.data = slices.Grow(l.data, n)
	l.of = slices.Grow(l.of, n)
}

func (l *layer) put(c byte, start, end int32) {
	l.data = append(l.data, c)
	l.of = append(l.of, span{start, end})
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// isFiller tells what is left out on both sides before a text is compared: white space, where it may be wrapped, plus signs,
// which may stand for spaces, and equals signs, which end lines in quoted-printable.
func isFiller(c byte) bool { return isSpace(c) || c == '+' || c == '=' }

// packed is the layer without fillers.
func (l *layer) packed() *layer {
	if !bytes.ContainsAny(l.data, "+= \t\n\v\f\r") {
		return l
	}
	packed := &layer{text: l.text, spaces: l.spaces, coded: l.coded}
	packed.grow(len(l.data))
	for i, c := range l.data {
		if !isFiller(c) {
			packed.put(c, l.of[i].start, l.of[i].end)
		}
	}
	return packed
}

// joined tells whether bytes of a layer follow each other in the text with nothing but line breaks or escapes in between.
// Spaces within base64 and hex mean nothing.
func (l *layer) joined(from, to int) bool {
	for i := from + 1; i < to && !l.coded; i++ {
		if a, b := l.of[i-1].end, l.of[i].start; a < b && strings.Trim(l.text[a:b], " \t+=") == "" {
			return false
		}
	}
	return true
}

// widened is a stretch of a layer together with what of a word is next to it, as far as a sparse window may have missed it.
func (l *layer) widened(from, to int) (int, int) {
	for n := 1; n < mostStride && from > 0 && inBase64.values[l.data[from-1]] != noLetter && l.joined(from-1, from+1); n++ {
		from--
	}
	for n := 1; n < mostStride && to < len(l.data) && inBase64.values[l.data[to]] != noLetter && l.joined(to-1, to+1); n++ {
		to++
	}
	return from, to
}

// whole is a span of the text widened to whole characters, of the text and of the layer.
func (l *layer) whole(start, end int32) (int32, int32) {
	n := len(l.data)
	first := sort.Search(n, func(i int) bool { return l.of[i].end > start })
	for i := 1; i < utf8.UTFMax && first > 0 && first < n && !utf8.RuneStart(l.data[first]); i++ {
		first--
	}
	if first < n && l.of[first].start < end {
		start = min(start, l.of[first].start)
	}
	next := sort.Search(n, func(i int) bool { return l.of[i].start >= end })
	for i := 1; i < utf8.UTFMax && next < n && !utf8.RuneStart(l.data[next]); i++ {
		next++
	}
	if next > 0 {
		end = max(end, l.of[next-1].end)
	}
	for i := 1; i < utf8.UTFMax && start > 0 && !utf8.RuneStart(l.text[start]); i++ {
		start--
	}
	for i := 1; i < utf8.UTFMax && int(end) < len(l.text) && !utf8.RuneStart(l.text[end]); i++ {
		end++
	}
	return start, end
}

// eachForm calls do with a layer, with it unescaped, with that unescaped, and so on, and returns the last of them.
func (l *layer) eachForm(do func(*layer)) *layer {
	do(l)
	for range unescapings {
		next := l.unescaped()
		if next == nil {
			break
		}
		l = next
		do(l)
	}
	return l
}

// unescaped is the layer with every escape undone, of whatever kind, or nil if there is none.
func (l *layer) unescaped() *layer {
	var out *layer
	for i := 0; i < len(l.data); {
		plain, n := unescape(l.data[i:])
		if n == 0 || !l.joined(i, i+n) {
			plain, n = "", 1
			if out != nil {
				out.put(l.data[i], l.of[i].start, l.of[i].end)
			}
		} else if out == nil {
			out = &layer{text: l.text, spaces: l.spaces, coded: l.coded}
			out.grow(len(l.data))
			out.data, out.of = append(out.data, l.data[:i]...), append(out.of, l.of[:i]...)
		}
		for _, c := range []byte(plain) {
			if l.spaces || !isSpace(c) {
				out.put(c, l.of[i].start, l.of[i+n-1].end)
			}
		}
		i += n
	}
	return out
}

// unescape undoes the escape that a text begins with, if it does, and tells how long that is.
func unescape(b []byte) (plain string, n int) {
	switch b[0] {
	case '%':
		return unescapeByte(b, 1)
	case '\\':
		return unescapeBackslash(b)
	case '&':
		return unescapeEntity(b)
	case '=':
		return unescapeQuotedPrintable(b)
	}
	return "", 0
}

// unescapeQuotedPrintable undoes =3D and =C3=A9, since what else is escaped in quoted-printable is no part of a secret. Anything
// more would take the beginning of the secret in token=abcdef for an escape.
func unescapeQuotedPrintable(b []byte) (plain string, n int) {
	var char []byte
	for n < len(b) && b[n] == '=' && len(char) < utf8.UTFMax {
		if len(char) > 0 && n+1 < len(b) && b[n+1] == '=' {
			n++ // a soft line break within the character
		}
		c, size := unescapeByte(b[n:], 1)
		if size == 0 {
			break
		}
		n += size
		char = append(char, c...)
		if r, _ := utf8.DecodeRune(char); string(char) == "=" || r != utf8.RuneError && r >= utf8.RuneSelf {
			return string(char), n
		}
	}
	return "", 0
}

func unescapeBackslash(b []byte) (plain string, n int) {
	if len(b) < 2 {
		return "", 0
	}
	const letters, meanings = `"\/'bfnrt`, "\"\\/'\b\f\n\r\t"
	if i := strings.IndexByte(letters, b[1]); i >= 0 {
		return meanings[i : i+1], 2
	}
	switch b[1] {
	case 'x':
		return unescapeByte(b, 2)
	case 'u':
		high, ok := utf16Unit(b)
		if !ok {
			return "", 0
		}
		if low, ok := utf16Unit(b[6:]); ok {
			if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
				return string(r), 12
			}
		}
		return string(high), 6
	}
	return "", 0
}

// unescapeByte undoes the escape of a byte whose two digits follow a prefix of some length.
func unescapeByte(b []byte, prefix int) (plain string, n int) {
	if len(b) < prefix+2 {
		return "", 0
	}
	decoded, err := hex.DecodeString(string(b[prefix : prefix+2]))
	if err != nil {
		return "", 0
	}
	return string(decoded), prefix + 2
}

// utf16Unit reads an escape like \u003c.
func utf16Unit(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}

// unescapeEntity undoes &lt; &#60; &#x3c; and the like.
func unescapeEntity(b []byte) (plain string, n int) {
	const longest = 32 // of the names; numbers may have any number of zeros
	n = 1
	numeric := len(b) > 1 && b[1] == '#'
	if numeric {
		n = 2
	}
	for n < len(b) && (numeric || n < longest) && ('0' <= b[n] && b[n] <= '9' || 'a' <= b[n]|0x20 && b[n]|0x20 <= 'z') {
		n++
	}
	if n == len(b) || b[n] != ';' {
		return "", 0
	}
	n++
	// A name that is none may still begin with one that is; then the semicolon stays.
	plain = html.UnescapeString(string(b[:n]))
	if strings.HasSuffix(plain, ";") && plain != ";" {
		return "", 0
	}
	return plain, n
}

// An encoding writes bytes in letters of so many bits each.
type encoding struct {
	bits    int
	group   int       // so many letters write whole bytes
	values  [256]byte // of each letter
	between string    // what may stand between letters besides fillers
}

const (
	noLetter     = 0xFF
	alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

var (
	inBase64 = newEncoding(6, 4, "", alphanumeric+"+/", alphanumeric+"-_")
	inHex    = newEncoding(4, 2, ":-,", "0123456789abcdef", "0123456789ABCDEF") // 70 61, 70:61, 0x70, 0x61
)

func newEncoding(bits, group int, between string, alphabets ...string) *encoding {
	e := &encoding{bits: bits, group: group, between: between}
	for i := range e.values {
		e.values[i] = noLetter
	}
	for _, alphabet := range alphabets {
		for value, letter := range []byte(alphabet) {
			e.values[letter] = byte(value)
		}
	}
	return e
}

// decode decodes into out whatever can be taken for encoded, from each place of a group where it may begin, and calls search
// after each.
func (l *layer) decode(e *encoding, out *layer, search func()) {
	least := (8*leastAnywhere + e.bits - 1) / e.bits
	var run []int // places of letters
	end := func() {
		for phase := 0; phase < e.group && phase+least <= len(run); phase++ {
			for i := phase; i+1 < len(run); i++ {
				// All letters of a group but the last begin a byte, which goes on in the next letter.
				at := (i - phase) % e.group
				if at == e.group-1 {
					continue
				}
				left := 8 - e.bits + 8*at%e.bits
				c := e.values[l.data[run[i]]]<<left | e.values[l.data[run[i+1]]]>>(e.bits-left)
				if !isFiller(c) { // so that out is packed
					out.put(c, l.of[run[i]].start, l.of[run[i+1]].end)
				}
			}
			search()
		}
		run = run[:0]
	}
	for i, c := range l.data {
		switch {
		case e.values[c] != noLetter:
			run = append(run, i)
		case c|0x20 == 'x' && i > 0 && l.data[i-1] == '0':
			run = run[:max(len(run)-1, 0)]
		case !isFiller(c) && strings.IndexByte(e.between, c) < 0:
			end()
		}
	}
	end()
}
