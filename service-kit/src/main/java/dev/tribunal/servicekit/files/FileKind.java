package dev.tribunal.servicekit.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** What a file is, by its first bytes, and what to do about it. */
enum FileKind {
    LINES(""),
    ARRAY(""),
    /** JSON after UTF-8's byte order mark. */
    MARKED_JSON("", "efbbbf"),
    GZIP("is gzip inside gzip; unpack it once: gunzip -c FILE > NEW.gz", "1f8b"),
    UTF32("is UTF-32 text; write it as UTF-8: iconv -f UTF-32 -t UTF-8 FILE > NEW.jsonl", "fffe0000", "0000feff"),
    UTF16("is UTF-16 text; write it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE > NEW.jsonl", "fffe", "feff"),
    UTF16_LITTLE("is UTF-16 text without a mark; write it as UTF-8: iconv -f UTF-16LE -t UTF-8 FILE > NEW.jsonl"),
    UTF16_BIG("is UTF-16 text without a mark; write it as UTF-8: iconv -f UTF-16BE -t UTF-8 FILE > NEW.jsonl"),
    PARQUET(
            "is a Parquet file; write it as JSON lines: duckdb -c \"COPY (FROM 'FILE') TO 'NEW.jsonl' (FORMAT json)\","
                    + " or in Python pandas.read_parquet('FILE').to_json('NEW.jsonl', orient='records', lines=True)",
            "50415231"),
    ARROW(
            "is an Arrow file; write it as JSON lines, in Python datasets.Dataset.from_file('FILE')"
                    + ".to_json('NEW.jsonl')",
            "4152524f5731",
            "ffffffff"),
    ZSTD("is a zstd file; unpack it: zstd -d FILE -o NEW.jsonl", "28b52ffd"),
    BZIP2("is a bzip2 file; unpack it: bunzip2 -c FILE > NEW.jsonl", "425a68"),
    XZ("is an xz file; unpack it: xz -dc FILE > NEW.jsonl", "fd377a585a00"),
    LZ4("is an lz4 file; unpack it: lz4 -dc FILE > NEW.jsonl", "04224d18"),
    SEVEN_ZIP("is a 7z archive; unpack it and name one of its files", "377abcaf271c"),
    XLSX("is a spreadsheet (xlsx); write it as JSON lines, in Python pandas.read_excel('FILE')"
            + ".to_json('NEW.jsonl', orient='records', lines=True)"),
    XLS(
            "is a file of older Microsoft Office; write it as JSON lines, in Python pandas.read_excel('FILE')"
                    + ".to_json('NEW.jsonl', orient='records', lines=True)",
            "d0cf11e0a1b11ae1"),
    ZIP("is a zip archive; unpack it and name one of its files", "504b0304", "504b0506"),
    TAR("is a tar archive; unpack it and name one of its files"),
    PICKLE(
            "is a Python pickle, which is not read since it can run programs; write it as JSON lines, in Python"
                    + " pandas.DataFrame(pickle.load(open('FILE', 'rb'))).to_json('NEW.jsonl', orient='records', lines=True)",
            "8002",
            "8003",
            "8004",
            "8005"),
    NUMPY("is a NumPy file; write its rows as JSON lines", "934e554d5059"),
    HDF5("is an HDF5 file; write its rows as JSON lines", "894844460d0a1a0a"),
    SQLITE(
            "is a SQLite database; write a table as JSON lines: sqlite3 -json FILE 'select * from TABLE' > NEW.json",
            "53514c69746520666f726d6174203300"),
    PDF("is a PDF file, not data", "25504446"),
    ORC("is an ORC file; write it as JSON lines: duckdb or pandas.read_orc", "4f5243"),
    AVRO("is an Avro file; write it as JSON lines: avro-tools tojson FILE > NEW.jsonl", "4f626a01"),
    LFS("is a pointer of Git LFS, not the data: git lfs pull fetches it"),
    HTML("is an HTML or XML page, not data: what was downloaded may be a login or an error page"),
    CSV("looks like CSV; write it as JSON lines, in Python pandas.read_csv('FILE')"
            + ".to_json('NEW.jsonl', orient='records', lines=True)"),
    TSV("looks like TSV; write it as JSON lines, in Python pandas.read_csv('FILE', sep='\\t')"
            + ".to_json('NEW.jsonl', orient='records', lines=True)"),
    YAML("looks like YAML; write it as JSON lines: yq -o=json -I=0 '.[]' FILE > NEW.jsonl"),
    BINARY("is a binary file of a kind that is not known here; write it as JSON lines");

    /** How many bytes are looked at. */
    private static final int START = 4096;

    private static final Pattern YAML_START = Pattern.compile("(---\\s|- |[A-Za-z_]+:(\\s|$))");

    private final String advice;
    private final List<byte[]> signatures;

    FileKind(String advice, String... signatures) {
        this.advice = advice;
        this.signatures =
                Arrays.stream(signatures).map(HexFormat.of()::parseHex).toList();
    }

    /** What it is and what to do; for those that cannot be read. */
    String advice(Path file) {
        String name = String.valueOf(file.getFileName());
        return advice.replace("FILE", name).replace("NEW", name.replaceFirst("\\..*$", "") + "-new");
    }

    /** The first bytes of a stream, which is left as it was. */
    static byte[] start(InputStream stream) throws IOException {
        stream.mark(START + 1);
        byte[] start = stream.readNBytes(START);
        stream.reset();
        return start;
    }

    static FileKind of(byte[] start) {
        for (FileKind kind : values()) {
            if (kind.signatures.stream().anyMatch(signature -> startsWith(start, signature))) {
                return kind == ZIP && isSpreadsheet(start) ? XLSX : kind;
            }
        }
        if (start.length > 262 && new String(start, 257, 5, ISO_8859_1).equals("ustar")) {
            return TAR;
        }
        if (start.length > 3 && start[0] == 0 && start[1] != 0 && start[2] == 0) {
            return UTF16_BIG;
        }
        if (start.length > 3 && start[1] == 0 && start[0] != 0 && start[3] == 0) {
            return UTF16_LITTLE;
        }
        String text = new String(start, UTF_8);
        String stripped = text.stripLeading();
        if (stripped.startsWith("[")) {
            return ARRAY;
        }
        // A file with an object in it is one of JSON lines, and each line that is none gets its own message.
        return stripped.isEmpty() || stripped.lines().anyMatch(line -> line.startsWith("{")) ? LINES : other(stripped);
    }

    private static FileKind other(String text) {
        String line = text.lines().findFirst().orElse("");
        if (line.startsWith("<")) {
            return HTML;
        }
        if (line.startsWith("version https://git-lfs")) {
            return LFS;
        }
        if (text.chars().limit(512).anyMatch(character -> character < ' ' && "\t\n\r\f".indexOf(character) < 0)) {
            return BINARY;
        }
        if (YAML_START.matcher(line).lookingAt()) {
            return YAML;
        }
        return line.contains("\t") ? TSV : line.contains(",") && !line.startsWith("\"{") ? CSV : LINES;
    }

    private static boolean isSpreadsheet(byte[] start) {
        String names = new String(start, ISO_8859_1);
        return names.contains("[Content_Types].xml") || names.contains("xl/");
    }

    private static boolean startsWith(byte[] bytes, byte[] signature) {
        return bytes.length >= signature.length
                && Arrays.equals(bytes, 0, signature.length, signature, 0, signature.length);
    }
}
