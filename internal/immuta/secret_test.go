package immuta

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"mime/quotedprintable"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	symbols  = `p@ss/w+rd "x"&<y>`
	unicoded = "Пароль-für-Ёлки-密码🔑!"
)

// randomText is some text that never changes, of letters that mean nothing.
func randomText(name string, size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", name, i))
		b.WriteString(strings.NewReplacer("+", "", "/", "", "=", "").Replace(base64.StdEncoding.EncodeToString(sum[:])))
	}
	return b.String()[:size]
}

// wrap breaks a text into lines of so many characters, joined by sep.
func wrap(text string, size int, sep string) string {
	var lines []string
	for line := range slices.Chunk([]rune(text), size) {
		lines = append(lines, string(line))
	}
	return strings.Join(lines, sep)
}

func pemKey(size int) string {
	body := base64.StdEncoding.EncodeToString([]byte(randomText("key", size)))
	return "-----BEGIN PRIVATE KEY-----\n" + wrap(body, 64, "\n") + "\n-----END PRIVATE KEY-----\n"
}

func eachRune(text, format string) string {
	var b strings.Builder
	for _, r := range text {
		fmt.Fprintf(&b, format, r)
	}
	return b.String()
}

func eachByte(text, format, sep string) string {
	var bytes []string
	for _, c := range []byte(text) {
		bytes = append(bytes, fmt.Sprintf(format, c))
	}
	return strings.Join(bytes, sep)
}

// inJSONText is a text as it stands in a JSON string.
func inJSONText(text string, escapeHTML bool) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(escapeHTML)
	_ = encoder.Encode(text)
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), `"`), `"`)
}

// utf16Escapes spells each unit of UTF-16.
func utf16Escapes(text, format string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, format, unit)
	}
	return b.String()
}

var lowerEscapes = regexp.MustCompile(`%[0-9A-F]{2}`)

// spellings are the ways in which a message may quote a secret.
var spellings = map[string]func(string) string{
	"raw":                       func(s string) string { return s },
	"JSON":                      func(s string) string { return inJSONText(s, true) },
	"JSON without HTML escapes": func(s string) string { return inJSONText(s, false) },
	"JSON, slashes escaped":     func(s string) string { return strings.ReplaceAll(inJSONText(s, false), "/", `\/`) },
	"JSON twice":                func(s string) string { return inJSONText(inJSONText(s, true), true) },
	"JSON, all lower case hex":  func(s string) string { return utf16Escapes(s, `\u%04x`) },
	"JSON, all upper case hex":  func(s string) string { return utf16Escapes(s, `\u%04X`) },
	"JSON, all hex, twice":      func(s string) string { return utf16Escapes(s, `\\u%04x`) },
	"Go's quotes":               strconv.Quote,
	"Go's hex escapes":          func(s string) string { return eachByte(s, `\x%02x`, "") },
	"query":                     url.QueryEscape,
	"path":                      url.PathEscape,
	"query, lower case": func(s string) string {
		return lowerEscapes.ReplaceAllStringFunc(url.QueryEscape(s), strings.ToLower)
	},
	"query twice":            func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
	"path twice":             func(s string) string { return url.PathEscape(url.PathEscape(s)) },
	"every byte in per cent": func(s string) string { return eachByte(s, "%%%02X", "") },
	"query in JSON":          func(s string) string { return inJSONText(url.QueryEscape(s), true) },
	"JSON in query":          func(s string) string { return url.QueryEscape(inJSONText(s, true)) },
	"HTML":                   html.EscapeString,
	"HTML twice":             func(s string) string { return html.EscapeString(html.EscapeString(s)) },
	"HTML, names": strings.NewReplacer(
		"&", "&AMP;", "<", "&LT;", ">", "&GT;", `"`, "&QUOT;", "/", "&sol;", "@", "&commat;").Replace,
	"HTML, decimal":            func(s string) string { return eachRune(s, "&#%d;") },
	"HTML, decimal, padded":    func(s string) string { return eachRune(s, "&#%09d;") },
	"HTML, hex":                func(s string) string { return eachRune(s, "&#x%x;") },
	"HTML, upper case hex":     func(s string) string { return eachRune(s, "&#X%06X;") },
	"HTML in JSON":             func(s string) string { return inJSONText(html.EscapeString(s), true) },
	"base64":                   func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 without padding":   func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },
	"base64 for URLs":          func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) },
	"base64, one byte before":  func(s string) string { return base64.StdEncoding.EncodeToString([]byte("u" + s + "z")) },
	"base64, two bytes before": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("u:" + s + "\n")) },
	"Basic": func(s string) string {
		return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("reader:"+s))
	},
	"base64 of JSON": func(s string) string {
		return base64.StdEncoding.EncodeToString([]byte(`{"password":"` + inJSONText(s, true) + `"}`))
	},
	"base64 in a query": func(s string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(s))) },
	"base64, wrapped":   func(s string) string { return wrap(base64.StdEncoding.EncodeToString([]byte(s)), 7, "\r\n\t") },
	"base64, wrapped in JSON": func(s string) string {
		return inJSONText(wrap(base64.StdEncoding.EncodeToString([]byte(s)), 9, "\n"), true)
	},
	"base64, quoted-printable": func(s string) string { return wrap(base64.RawStdEncoding.EncodeToString([]byte(s)), 6, "=\r\n") },
	"hex":                      func(s string) string { return hex.EncodeToString([]byte(s)) },
	"upper case hex":           func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"hex with colons":          func(s string) string { return eachByte(s, "%02X", ":") },
	"hex with spaces":          func(s string) string { return eachByte(s, "%02x", " ") },
	"hex with 0x":              func(s string) string { return eachByte(s, "0x%02x", ", ") },
	"hex after 0x":             func(s string) string { return "0x" + hex.EncodeToString([]byte(s)) },
	"hex, wrapped":             func(s string) string { return wrap(hex.EncodeToString([]byte(s)), 5, "\n  ") },
	"wrapped":                  func(s string) string { return wrap(s, 5, "\n") },
	"wrapped and indented":     func(s string) string { return wrap(s, 3, "\r\n\t    ") },
	"wrapped in JSON":          func(s string) string { return inJSONText(wrap(s, 3, "\n  "), true) },
	"query, wrapped":           func(s string) string { return wrap(url.QueryEscape(s), 4, "\n ") },
	"soft line breaks":         func(s string) string { return wrap(s, 4, "=\r\n") },
	"quoted-printable": func(s string) string {
		var b strings.Builder
		w := quotedprintable.NewWriter(&b)
		_, _ = w.Write([]byte("the server received the following value from you, and was not amused: " + s))
		_ = w.Close()
		return b.String()
	},
	"twice in a row": func(s string) string { return s + s },
}

// fragments are ways to cut a secret that leave enough of it.
var fragments = map[string]func(string) string{
	"end cut off":              func(s string) string { return s[:len(s)*3/4] + "…" },
	"beginning cut off":        func(s string) string { return "…" + s[len(s)/4:] },
	"middle":                   func(s string) string { return s[len(s)/6 : len(s)*5/6] },
	"end of JSON cut off":      func(s string) string { t := inJSONText(s, true); return t[:len(t)*4/5] },
	"end of a query cut off":   func(s string) string { t := url.QueryEscape(s); return t[:len(t)*9/10] },
	"end of base64 cut off":    func(s string) string { t := base64.StdEncoding.EncodeToString([]byte(s)); return t[:len(t)*3/4] },
	"beginning of hex cut off": func(s string) string { t := hex.EncodeToString([]byte(s)); return t[len(t)/4+1:] },
}

var (
	checkSpace   = regexp.MustCompile(`=\r?\n|\s+`)
	checkPercent = regexp.MustCompile(`%[0-9a-fA-F]{2}`)
	checkUnicode = regexp.MustCompile(`(?:\\u[0-9a-fA-F]{4})+`)
	checkSlash   = regexp.MustCompile(`\\(x[0-9a-fA-F]{2}|.)`)
	checkBase64  = regexp.MustCompile(`[A-Za-z0-9+/_-]{6,}`)
	checkHex     = regexp.MustCompile(`(?i)(?:(?:0x)?[0-9a-f]{2}[:, ]*){4,}`)
)

// readings is whatever can be read out of a text by undoing escapes and encodings, in other ways than the mask does.
func readings(text string) []string {
	seen := map[string]bool{}
	queue := []string{text}
	for len(queue) > 0 && len(seen) < 400 {
		t := queue[0]
		queue = queue[1:]
		if seen[t] {
			continue
		}
		seen[t] = true
		queue = append(queue,
			checkSpace.ReplaceAllString(t, ""),
			html.UnescapeString(t),
			checkPercent.ReplaceAllStringFunc(t, func(e string) string { s, _ := url.PathUnescape(e); return s }),
			strings.ReplaceAll(t, "+", " "),
			checkUnicode.ReplaceAllStringFunc(t, func(e string) string {
				var s string
				_ = json.Unmarshal([]byte(`"`+e+`"`), &s)
				return s
			}),
			checkSlash.ReplaceAllStringFunc(t, func(e string) string {
				s, err := strconv.Unquote(`"` + e + `"`)
				if err != nil {
					return e[1:]
				}
				return s
			}))
	}
	all := slices.Collect(maps.Keys(seen))
	for t := range seen {
		for _, run := range checkBase64.FindAllString(strings.NewReplacer("-", "+", "_", "/").Replace(t), -1) {
			for from := range min(4, len(run)) {
				decoded, err := base64.StdEncoding.DecodeString(run[from : from+(len(run)-from)/4*4])
				if err == nil {
					all = append(all, string(decoded))
				}
			}
		}
		for _, run := range checkHex.FindAllString(t, -1) {
			digits := strings.NewReplacer("0x", "", ":", "", ",", "", " ", "").Replace(run)
			for from := range 2 {
				decoded, _ := hex.DecodeString(digits[from:])
				all = append(all, string(decoded))
			}
		}
	}
	return all
}

// leaked is a part of a secret that can be read out of a text: eight characters in a row, or all of a shorter secret.
func leaked(text, secret string) string {
	pack := func(s string) string { return strings.Join(strings.Fields(s), "") }
	runes := []rune(pack(secret))
	size := min(8, len(runes))
	for _, reading := range readings(text) {
		reading = pack(reading)
		for i := 0; i+size <= len(runes); i++ {
			part := string(runes[i : i+size])
			if strings.Contains(reading, part) && !strings.Contains("-----BEGINPRIVATEKEY----------ENDPRIVATEKEY-----", part) {
				return part
			}
		}
	}
	return ""
}

func TestSecretsMask(t *testing.T) {
	t.Parallel()
	const before, after = "Error: the handler rejected value «", "» of attribute sqlPassword; ask your administrator."
	pem := pemKey(900)
	body := strings.Split(pem, "\n")[3]
	tests := map[string]struct {
		add, text string
		whole     bool // fragments do not count
	}{
		"password":          {add: symbols, text: symbols},
		"API key":           {add: randomText("api", 40), text: randomText("api", 40)},
		"PEM":               {add: base64.StdEncoding.EncodeToString([]byte(pem)), text: pem},
		"PEM, sent":         {add: base64.StdEncoding.EncodeToString([]byte(pem)), text: base64.StdEncoding.EncodeToString([]byte(pem))},
		"PEM, a line":       {add: base64.StdEncoding.EncodeToString([]byte(pem)), text: body},
		"PEM, for URLs":     {add: base64.RawURLEncoding.EncodeToString([]byte(pem)), text: pem},
		"characters":        {add: unicoded, text: unicoded},
		"short":             {add: "hunt3r", text: "hunt3r", whole: true},
		"short, characters": {add: "ключ№7", text: "ключ№7", whole: true},
		"eight":             {add: "S3cr3t/x", text: "S3cr3t/x", whole: true},
		"looks escaped":     {add: `a%41\u0042&lt;\n%%c0de=`, text: `a%41\u0042&lt;\n%%c0de=`, whole: true},
	}
	for name, test := range tests {
		InParallel(t, name, func(t *testing.T) {
			var s secrets
			s.add("unrelated-"+randomText("other", 30), test.add)
			forms := maps.Clone(spellings)
			if !test.whole {
				maps.Copy(forms, fragments)
			}
			for form, spell := range forms {
				text := before + spell(test.text) + after
				got := s.mask(text)
				if part := leaked(got, test.text); part != "" {
					t.Errorf("%s: %q can be read in %q", form, part, got)
				}
				if !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after) || !strings.Contains(got, masked) {
					t.Errorf("%s: %q, made of %q", form, got, text)
				}
				if again := s.mask(got); again != got {
					t.Errorf("%s: %q becomes %q", form, got, again)
				}
				if utf8.ValidString(text) && !utf8.ValidString(got) {
					t.Errorf("%s: %q is not valid", form, got)
				}
			}
		})
	}
}

func TestSecretsMaskExactly(t *testing.T) {
	t.Parallel()
	key := randomText("api", 40)
	long := randomText("long", 8000)
	pem := pemKey(900)
	tests := map[string]struct {
		secrets    []string
		text, want string
	}{
		"no secrets":                 {nil, "password " + key, "password " + key},
		"empty secret":               {[]string{"", " \n"}, "a b", "a b"},
		"no text":                    {[]string{key}, "", ""},
		"another text":               {[]string{key, symbols}, "pass the salt & pepper <please>", "pass the salt & pepper <please>"},
		"several":                    {[]string{key, symbols}, key + " and " + symbols + ".", "*** and ***."},
		"a secret in another":        {[]string{"hunter2", "hunter2-and-more"}, "hunter2-and-more, hunter2", "***, ***"},
		"secrets that overlap":       {[]string{"abcdefghij", "ghijklmnop"}, "(abcdefghijklmnop)", "(***)"},
		"a fragment":                 {[]string{key}, "got " + key[5:22] + "?", "got ***?"},
		"too small a fragment":       {[]string{key}, "got " + key[5:20] + "?", "got " + key[5:20] + "?"},
		"a fragment of eight":        {[]string{"S3cr3t/x"}, "got cr3t/x", "got ***"},
		"a fragment of seven":        {[]string{"S3cr3tx"}, "got S3cr3t", "got S3cr3t"},
		"a fragment of a long one":   {[]string{long}, "got " + long[3001:3041] + "?", "got ***?"},
		"between other letters":      {[]string{"hunter2"}, "xhunter2x", "x***x"},
		"separate words":             {[]string{"themis"}, "the mission", "the mission"},
		"words of a short secret":    {[]string{"it is ok"}, "(it+is%20ok)", "(***)"},
		"a short secret, wrapped":    {[]string{"hunter2"}, "(hunt\n  er2)", "(***)"},
		"three characters":           {[]string{"abc"}, `abc xabc abc1 "abc" ABC %22abc%22 éabc`, `*** xabc abc1 "***" ABC %22***%22 éabc`},
		"one letter":                 {[]string{"e"}, "the secret e, e.g. \\u0065 and caf\\u00e9", "the secret ***, ***.g. *** and caf\\u00e9"},
		"two characters and a space": {[]string{"a b"}, "(a b) ab (a%20b)", "(***) ab (***)"},
		"one letter of an escape":    {[]string{"n"}, `a\nb, n`, `a\nb, ***`},
		"a plus sign":                {[]string{"+"}, "1 + 1", "1 *** 1"},
		"only fillers":               {[]string{"++=++=++"}, "(++=++=++) a + b = c", "(***) a + b = c"},
		"an escape cut":              {[]string{`abcdefg\`}, `abcdefg\nh`, `***h`},
		"a character cut":            {[]string{"Пароль-для-Ёлки-и-снега"}, "«для-Ёлки-и-с…", "«***…"},
		"half a surrogate":           {[]string{"password\ufffd"}, `password\ud83d!`, `***!`},
		"header of a key":            {[]string{pem}, "no -----BEGIN PRIVATE KEY----- found", "no -----BEGIN PRIVATE KEY----- found"},
		"headers of keys": {
			[]string{pem + pem}, "-----END PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----",
		},
		"a line of a text":      {[]string{"user: me\npassword: swordfish\n"}, "password: swordfish", "***"},
		"what looks like PEM":   {[]string{"-----BEGIN ----- " + key}, key, "***"},
		"content":               {[]string{"aHVu dGVyMg=="}, "hunter2", "***"},
		"the mask":              {[]string{masked}, "a ***", "a ***"},
		"a secret with a mask":  {[]string{"pass***word", "hunter2"}, "passhunter2word", "***"},
		"a letter after a mask": {[]string{"x", "hunter2"}, "hunter2x", "******"},
		"asterisks":             {[]string{"*"}, "**** *", "*** ***"},
		"broken escapes": {
			[]string{key}, `% %4 \ \u \u12 &#; &#x; &amp =3 =C3 ` + key + `\u00`, `% %4 \ \u \u12 &#; &#x; &amp =3 =C3 ***\u00`,
		},
		"broken UTF-8": {[]string{key}, "\xff\xfe " + key + "\x80", "\xff\xfe ***"},
	}
	for name, test := range tests {
		InParallel(t, name, func(t *testing.T) {
			var s secrets
			s.add(test.secrets...)
			got := s.mask(test.text)
			if got != test.want {
				t.Errorf("%q", got)
			}
			if again := s.mask(got); again != got {
				t.Errorf("%q becomes %q", got, again)
			}
			slices.Reverse(test.secrets)
			var reversed secrets
			for _, secret := range test.secrets {
				reversed.add(secret)
			}
			if again := reversed.mask(test.text); again != got {
				t.Errorf("%q, in the other order %q", got, again)
			}
		})
	}
}

// TestSecretsMaskByCharacters cuts off what takes most of a secret's bytes and few of its characters.
func TestSecretsMaskByCharacters(t *testing.T) {
	t.Parallel()
	var s secrets
	s.add("tr0ub4dor😀😀😀")
	if got, want := s.mask("the value tr0ub4dor… is wrong"), "the value "+masked+"… is wrong"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSecretsAddAgain(t *testing.T) { // Not parallel, as it counts allocations.
	var s secrets
	texts := []string{randomText("api", 40), pemKey(900), symbols}
	s.add(texts...)
	known, windows := len(s.known), len(s.windows)
	if n := testing.AllocsPerRun(10, func() { s.add(texts...) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if len(s.known) != known || len(s.windows) != windows {
		t.Error("the secrets grew")
	}
}

// Texts that need the most work of what is done for each byte take no more than in proportion to their size.
func TestSecretsHostile(t *testing.T) {
	t.Parallel()
	var s secrets
	s.add(strings.Repeat("a", 8000), strings.Repeat("%41", 100), "a b c", "aaaaa", "&", `\\\\\\\\\\\\`, strings.Repeat("Ab", 20))
	for _, part := range []string{
		"a", "a ", "Ab", "%25", "%", `\`, `\\u0025`, "&amp;", "&", "&#", "&#0", "&#x0;", "=", "=C3", "=\n", "+", "0x", "YWFh", "61", " ",
		"\xff", "\xf0\x9f", "{[",
	} {
		text := strings.Repeat(part, 300_000/len(part))
		got := s.mask(text)
		if again := s.mask(got); again != got {
			t.Errorf("%q: %d bytes become %d", part, len(got), len(again))
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Errorf("%q: not valid", part)
		}
	}
}

func TestSecretsAtOnce(t *testing.T) {
	t.Parallel()
	var s secrets
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				secret := randomText(fmt.Sprint(i, j), 40)
				s.add(secret, "shared by all of them")
				if got := s.mask("not " + secret); got != "not ***" {
					t.Errorf("%q", got)
				}
			}
		})
	}
	wg.Wait()
	for i := range 8 {
		if got := s.mask(randomText(fmt.Sprint(i, 7), 40)); got != masked {
			t.Errorf("%q", got)
		}
	}
}

func FuzzMask(f *testing.F) {
	names := slices.Sorted(maps.Keys(spellings))
	for i, secret := range []string{
		symbols, unicoded, "hunter2", "abc", "e", "****", `\u0041%42`, "a&lt;b=3Dc", strings.Repeat("ab", 200), "\xff\xfe\xfd\xfc",
	} {
		f.Add(secret, uint(i*7), "the value ", " was refused: %41 &amp; \\n YWJj 616263")
	}
	f.Fuzz(func(t *testing.T, secret string, form uint, before, after string) {
		var s secrets
		s.add(secret, "another-secret")
		name := names[form%uint(len(names))]
		text := before + spellings[name](secret) + after
		got := s.mask(text)
		if again := s.mask(got); again != got {
			t.Fatalf("%q becomes %q", got, again)
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Fatalf("%q is not valid", got)
		}
		// A shorter one may be part of a word, and what is no text is not the same after JSON.
		trimmed := strings.TrimSpace(secret)
		if utf8.RuneCountInString(strings.NewReplacer("+", "", "=", "").Replace(strings.Join(strings.Fields(secret), ""))) < leastAnywhere {
			return
		}
		for _, spelling := range []string{
			trimmed, url.QueryEscape(trimmed), url.PathEscape(trimmed), hex.EncodeToString([]byte(trimmed)), inJSONText(trimmed, true),
			base64.RawStdEncoding.EncodeToString([]byte(trimmed)), html.EscapeString(trimmed),
		} {
			if utf8.ValidString(secret) && !strings.Contains(masked, spelling) && strings.Contains(got, spelling) {
				t.Fatalf("%s: %q is in %q, made of %q", name, spelling, got, text)
			}
		}
	})
}

func benchmarked1000() *secrets {
	var s secrets
	for i := range 1000 {
		s.add(randomText(fmt.Sprint(i), 40))
	}
	return &s
}

func BenchmarkMask(b *testing.B) {
	s := benchmarked1000()
	row := `{"id":57,"name":"Public \"Customers\"","description":"Everyone's <b>\nby region","url":"https://x.example.com/a?b=c%20d"},`
	for _, test := range []struct {
		name string
		size int
	}{{"error of 2 KB", 2 << 10}, {"body of 1 MB", 1 << 20}} {
		b.Run(test.name, func(b *testing.B) {
			text := strings.Repeat(row, test.size/len(row))
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if s.mask(text) != text {
					b.Fatal("something was masked")
				}
			}
		})
	}
	b.Run("with secrets", func(b *testing.B) {
		text := strings.Repeat(row, (1<<20)/len(row)) + randomText("7", 40)
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			s.mask(text)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	b.ReportAllocs()
	var s secrets
	text := randomText("long", 8000)
	n := 0
	for b.Loop() {
		n++
		s.add(fmt.Sprint(n) + text[n%4000:] + fmt.Sprint(n) + text[:n%4000])
	}
	b.ReportMetric(float64(len(s.windows))/float64(n), "windows/op")
}
