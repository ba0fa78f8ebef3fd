package dev.tribunal.servicekit.files;

import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import dev.tribunal.servicekit.files.JsonLines.Line;
import dev.tribunal.servicekit.files.JsonLines.LineVisitor;
import dev.tribunal.servicekit.files.JsonLines.Place;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Goes through JSON lines. A line ends with a line feed, a carriage return, or both. */
final class LineReader {

    private static final Pattern ROWS = Pattern.compile("\"(\\w+)\"\\s*:\\s*\\[\\s*\\{");

    private final Path file;
    private final InputStream content;
    private final LineVisitor visitor;
    private final String start;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private byte[] bytes = new byte[1 << 12];
    private int length;
    private long number;
    private long values;

    LineReader(Path file, InputStream content, LineVisitor visitor, byte[] start) {
        this.file = file;
        this.content = content;
        this.visitor = visitor;
        this.start = new String(start, StandardCharsets.UTF_8);
    }

    /** @return how many lines are not blank */
    long read() throws IOException {
        byte[] chunk = new byte[1 << 16];
        boolean afterReturn = false;
        for (int got = content.read(chunk); got >= 0; got = content.read(chunk)) {
            JsonLines.requireNotInterrupted();
            int from = 0;
            for (int i = 0; i < got; i++) {
                if (chunk[i] == '\n' || chunk[i] == '\r') {
                    append(chunk, from, i);
                    if (chunk[i] == '\r' || !afterReturn || length > 0) { // the line feed of a pair ends nothing more
                        line();
                    }
                    from = i + 1;
                }
                afterReturn = chunk[i] == '\r';
            }
            append(chunk, from, got);
        }
        if (length > 0) {
            line();
        }
        return values;
    }

    private void append(byte[] chunk, int from, int to) {
        int added = to - from;
        if (length + added > JsonLines.MAX_LINE_BYTES) {
            throw new InvalidLinesException(
                    file,
                    "line " + (number + 1) + ": has more than " + (JsonLines.MAX_LINE_BYTES >> 20)
                            + " MiB; each line is one object, and a prompt of that length fits no model");
        }
        if (length + added > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + added, 2 * bytes.length));
        }
        System.arraycopy(chunk, from, bytes, length, added);
        length += added;
    }

    private void line() {
        JsonLines.requireNotInterrupted();
        number++;
        if (number > JsonLines.MAX_LINES) {
            throw new InvalidLinesException(
                    file, "has more than " + JsonLines.MAX_LINES + " lines; split it, and use one part");
        }
        Place place = new Place(false, number);
        String text = "";
        JsonNode object;
        try {
            text = text();
            if (text.isBlank()) {
                return;
            }
            object = JsonValues.object(text);
        } catch (IllegalArgumentException e) {
            String mistake = String.valueOf(e.getMessage());
            requireNotSpread(text, mistake);
            values++;
            visitor.malformed(place, mistake);
            return;
        } finally {
            length = 0;
        }
        values++;
        visitor.line(new Line(place, object));
    }

    private String text() {
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, length);
        CharBuffer out = CharBuffer.allocate(length);
        utf8.reset();
        CoderResult result = utf8.decode(in, out, true);
        if (result.isError()) {
            throw new IllegalArgumentException("is not UTF-8 text: byte " + (in.position() + 1) + " is 0x"
                    + HexFormat.of().toHexDigits(bytes[in.position()])
                    + "; if the file is Windows' text, write it as UTF-8: iconv -f WINDOWS-1252 -t UTF-8");
        }
        return out.flip().toString();
    }

    /** One object over several lines, as editors and {@code json.dump(indent=2)} write it, is told as such, once. */
    private void requireNotSpread(String line, String mistake) {
        if (values > 0 || !mistake.equals(JsonValues.UNFINISHED)) {
            return;
        }
        String rest = start.substring(Math.min(start.length(), start.indexOf(line) + line.length()))
                .stripLeading();
        if (rest.isEmpty() || rest.startsWith("{")) {
            return;
        }
        Matcher rows = ROWS.matcher(start);
        String name = String.valueOf(file.getFileName());
        throw new InvalidLinesException(
                file,
                "starts with an object that goes on over several lines; write one object a line: jq -c "
                        + (rows.find() ? "'." + rows.group(1) + "[]' " : ". ") + name + " > NEW.jsonl");
    }
}
