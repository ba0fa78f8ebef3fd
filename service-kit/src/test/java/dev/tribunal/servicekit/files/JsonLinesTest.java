package dev.tribunal.servicekit.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLinesTest {

    private static final String TWO = "{\"a\":\"1\"}\n\n{\"a\":\"2\"}\n";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                TWO,
                "\uFEFF" + TWO,
                "{\"a\":\"1\"}\r\n\r\n{\"a\":\"2\"}",
                "{\"a\":\"1\"}\r{\"a\":\"2\"}\r",
                "[{\"a\":\"1\"},\n {\"a\":\"2\"}]\n",
                "\uFEFF \n[{\"a\":\"1\"},{\"a\":\"2\"}]",
                "  {\"a\": \"1\"}  \n\t{\"a\":\"2\"}"
            })
    void readsLinesAndArraysWithAndWithoutAMarkAndPacked(String content) throws IOException {
        assertThat(read(content.getBytes(UTF_8))).containsExactly("1", "2");
        assertThat(read(gzip(content.getBytes(UTF_8)))).containsExactly("1", "2");
    }

    @Test
    void aPackedFileMayHaveSeveralMembers() throws IOException {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(gzip("{\"a\":\"1\"}\n".getBytes(UTF_8)));
        both.write(gzip("{\"a\":\"2\"}\n".getBytes(UTF_8)));
        assertThat(read(both.toByteArray())).containsExactly("1", "2");
    }

    @Test
    void theDigestIsOfTheFileAsItIsStored() throws IOException {
        Path file = Files.writeString(folder.resolve("a.jsonl"), TWO);
        assertThat(JsonLines.scan(file, line -> {})).isEqualTo(Sha256.hex(TWO));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "50415231150400|Parquet|duckdb",
                "4152524f573100000000|Arrow|datasets",
                "28b52ffd240a|zstd|zstd -d",
                "425a6839314159|bzip2|bunzip2",
                "fd377a585a000004|xz file|xz -dc",
                "04224d186440|lz4|lz4 -dc",
                "8004950c00000000|pickle|can run programs",
                "d0cf11e0a1b11ae100|Microsoft Office|read_excel",
                "53514c69746520666f726d6174203300|SQLite|sqlite3",
                "894844460d0a1a0a00|HDF5|JSON lines",
                "7f454c4602010100|binary|JSON lines",
            })
    void namesBinaryFilesAndTheWayOut(String start, String name, String wayOut) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(start);
        assertThatThrownBy(() -> read(bytes)).hasMessageContaining(name).hasMessageContaining(wayOut);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prompt,answer\\nHi,there|CSV|read_csv",
                "prompt\\tanswer\\nHi\\tthere|TSV|sep='\\t'",
                "<!DOCTYPE html>\\n<html>|HTML|login",
                "version https://git-lfs.github.com/spec/v1\\noid sha256:1|Git LFS|git lfs pull",
                "- prompt: Hi\\n- prompt: Bye|YAML|yq",
                "{\\n  \"data\": [\\n    {\"a\": \"1\"}\\n  ]\\n}|over several lines|jq -c '.data[]' file",
                "{\\n  \"a\": \"1\"\\n}|over several lines|jq -c . file",
                "{\"a\": \"1\",\\n \"b\": 2}|over several lines|jq",
            })
    void namesTextsThatAreNotJsonLines(String content, String name, String wayOut) throws IOException {
        byte[] bytes = content.replace("\\n", "\n").replace("\\t", "\t").getBytes(UTF_8);
        assertThatThrownBy(() -> read(bytes)).hasMessageContaining(name).hasMessageContaining(wayOut);
    }

    @Test
    void namesOtherEncodings() {
        assertThatThrownBy(() -> read(TWO.getBytes(UTF_16))).hasMessageContaining("iconv -f UTF-16 -t UTF-8");
        assertThatThrownBy(() -> read(TWO.getBytes(UTF_16LE))).hasMessageContaining("iconv -f UTF-16LE");
        assertThatThrownBy(() -> read(TWO.getBytes(UTF_16BE))).hasMessageContaining("iconv -f UTF-16BE");
        assertThatThrownBy(() -> read("{\"a\":\"1\"}\n{\"a\":\"caf\u00e9\"}\n".getBytes(ISO_8859_1)))
                .hasMessageContaining("line 2: is not UTF-8 text: byte 10 is 0xe9")
                .hasMessageContaining("WINDOWS-1252");
    }

    @Test
    void tellsArchivesFromSpreadsheets() throws IOException {
        assertThatThrownBy(() -> read(zip("data.jsonl"))).hasMessageContaining("zip archive");
        assertThatThrownBy(() -> read(zip("[Content_Types].xml"))).hasMessageContaining("xlsx");
        assertThatThrownBy(() -> read(gzip(gzip(TWO.getBytes(UTF_8))))).hasMessageContaining("gzip inside gzip");
        byte[] packed = gzip(TWO.getBytes(UTF_8));
        assertThatThrownBy(() -> read(Arrays.copyOf(packed, packed.length - 10)))
                .hasMessageContaining("cut off or broken");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":\"1\",\"a\":\"2\"}|has the field \"a\" twice",
                "{\"b\":{\"c\":1,\"c\":2}}|has the field \"c\" twice",
                "{\"a\":\"1\"} {\"a\":\"2\"}|after the end of its JSON value",
                "{\"a\":\"1\"|it ends while",
                "{'a': '1'}|not ' (Python's json.dumps writes them so)",
                "{\"a\": None}|None, which JSON writes null",
                "{\"a\": NaN}|NaN, which JSON writes null",
                "{\"a\": True}|True, which JSON writes true",
                "{\"a\": \"1\",}|the comma before } is one too many",
                "[1]|is not a JSON object but a list",
                "\"text\"|is not a JSON object but the text \"text\"",
                "42|is not a JSON object but the number 42",
                "null|is not a JSON object but null",
                "{\"a\":\"\\ud83d\"}|\"a\" has half a surrogate pair",
                "{\"b\":[{\"c\":\"x\\u0000y\"}]}|\"b[0].c\" has a NUL character",
                "{\"b\\u0000\":1}|has a NUL character",
                "{\"b\":1e999}|too large for a double",
            })
    void saysWhatIsWrongWithALineInWordsOfTheFormat(String line, String mistake) {
        byte[] bytes = ("{\"a\":\"1\"}\n" + line + "\n").getBytes(UTF_8);
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(InvalidLinesException.class)
                .hasMessageContaining("line 2: ")
                .hasMessageContaining(mistake)
                .satisfies(e -> assertThat(e.getMessage())
                        .doesNotContain("REDACTED", "START_", "END_", "tools.jackson", "JsonToken", "StreamRead"));
    }

    @Test
    void deepNestingIsRefused() {
        byte[] bytes = ("{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}").getBytes(UTF_8);
        assertThatThrownBy(() -> read(bytes)).hasMessageContaining("line 1: is nested deeper than 100 levels");
    }

    @Test
    void elementsOfAnArrayAreNumbered() {
        assertThatThrownBy(() -> read("[{\"a\":\"1\"}, 2,\n {\"b\":\"3\"}]".getBytes(UTF_8)))
                .hasMessageContaining("element 2: is not a JSON object but the number 2; element 3: \"a\" is missing");
        assertThatThrownBy(() -> read("[{\"a\":\"1\"},\n {\"a\":\"2\",\"a\":\"3\"}]".getBytes(UTF_8)))
                .hasMessageContaining("element 2 (line 2")
                .hasMessageContaining("has the field \"a\" twice");
        assertThatThrownBy(() -> read("[{\"a\":\"1\"}] []".getBytes(UTF_8))).hasMessageContaining("after its end");
        assertThatThrownBy(() -> read("[]".getBytes(UTF_8))).hasMessageContaining("has no lines");
    }

    @Test
    void manyMistakesAreCountedAndTenKept() {
        assertThatThrownBy(() -> read("[1]\n{}\n"
                        .repeat(500)
                        .replaceFirst("\\[1]", "{\"a\":\"1\"}")
                        .getBytes(UTF_8)))
                .hasMessageContaining("line 11: ")
                .hasMessageContaining("and 989 more")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("line 12:"));
    }

    /** Which a reader that takes lines as they come would hold in memory. */
    @Test
    void aLineHasABoundAndAPackedOneToo() throws IOException {
        Path file = folder.resolve("long.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            byte[] block = "x".repeat(1 << 20).getBytes(UTF_8);
            out.write("{\"a\":\"".getBytes(UTF_8));
            for (int i = 0; i < 64; i++) {
                out.write(block);
            }
        }
        AtomicLong lines = new AtomicLong();
        assertThatThrownBy(() -> JsonLines.scan(file, line -> lines.incrementAndGet()))
                .hasMessageContaining("line 1: has more than 4 MiB");
        Path array = Files.writeString(folder.resolve("long.json"), "[{\"a\":\"" + "x".repeat(5 << 20) + "\"}]");
        assertThatThrownBy(() -> JsonLines.scan(array, line -> lines.incrementAndGet()))
                .hasMessageContaining("element 1: has more than 4 MiB");
        assertThat(lines).hasValue(0);
    }

    @Test
    void anInterruptedThreadStopsReading() throws IOException {
        Path file = Files.writeString(folder.resolve("many.jsonl"), "{\"a\":\"1\"}\n".repeat(10_000));
        AtomicLong lines = new AtomicLong();
        try {
            assertThatThrownBy(() -> JsonLines.scan(file, line -> {
                        if (lines.incrementAndGet() == 10) {
                            Thread.currentThread().interrupt();
                        }
                    }))
                    .isInstanceOf(CancellationException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(lines).hasValue(10);
    }

    private List<String> read(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("file.jsonl"), content);
        return JsonLines.read(file, line -> JsonValues.text(line.path("a"), "a"));
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }

    private static byte[] zip(String name) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(packed)) {
            out.putNextEntry(new ZipEntry(name));
            out.write(1);
        }
        return packed.toByteArray();
    }
}
