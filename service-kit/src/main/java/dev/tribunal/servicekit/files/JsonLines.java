package dev.tribunal.servicekit.files;

import dev.tribunal.servicekit.digest.Sha256;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads files of one JSON object a line; blank lines are passed over. A JSON array of objects is read as well, and both
 * also under gzip and after UTF-8's byte order mark. Any other kind of file is refused by its name and with a way out.
 * Files are streamed: what is in memory is one line.
 */
public final class JsonLines {

    /** Of one line, or one element of an array; a prompt of a million tokens has about so many. */
    static final int MAX_LINE_BYTES = 4 << 20;

    static final int MAX_LINES = 5_000_000;

    /** Of a file's content, unpacked. */
    private static final long MAX_BYTES = 4L << 30;

    private static final int BUFFER = 1 << 16;

    private JsonLines() {}

    /**
     * @param parse turns a line's object into a value, or throws {@link IllegalArgumentException} with a message
     * @throws InvalidLinesException naming the number of each bad line, or that the file is empty or unreadable
     */
    public static <T> List<T> read(Path file, Function<JsonNode, T> parse) {
        List<T> values = new ArrayList<>();
        scan(file, line -> values.add(parse.apply(line.object())));
        return values;
    }

    /**
     * Goes through a file to its end, also after a mistake.
     *
     * @param visitor throws {@link IllegalArgumentException} with a message for a bad line
     * @return the file's SHA-256
     * @throws InvalidLinesException as {@link #read}
     */
    public static String scan(Path file, Visitor visitor) {
        LineMistakes mistakes = new LineMistakes();
        String digest = scan(file, new LineVisitor() {
            @Override
            public void line(Line line) {
                try {
                    visitor.visit(line);
                } catch (IllegalArgumentException e) {
                    malformed(line.place(), String.valueOf(e.getMessage()));
                }
            }

            @Override
            public void malformed(Place place, String mistake) {
                mistakes.add(place, mistake);
            }
        });
        if (!mistakes.isEmpty()) {
            throw new InvalidLinesException(file, mistakes.toString());
        }
        return digest;
    }

    /**
     * Goes through a file to its end; what is wrong with single lines is the visitor's to keep.
     *
     * @return the file's SHA-256
     * @throws InvalidLinesException if the file as a whole cannot be read as JSON lines
     * @throws CancellationException if the thread is interrupted, which it still is afterwards
     */
    public static String scan(Path file, LineVisitor visitor) {
        MessageDigest digest = Sha256.create();
        try (InputStream stored =
                new BufferedInputStream(new DigestInputStream(Files.newInputStream(file), digest), BUFFER)) {
            InputStream content =
                    FileKind.of(FileKind.start(stored)) == FileKind.GZIP ? new GZIPInputStream(stored, BUFFER) : stored;
            long lines = values(file, new BoundedStream(file, content, MAX_BYTES), visitor);
            if (lines == 0) {
                throw new InvalidLinesException(file, "has no lines");
            }
            stored.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (EOFException | ZipException broken) {
            throw new InvalidLinesException(file, "is a gzip file that is cut off or broken; make it anew");
        } catch (IOException e) {
            requireNotInterrupted();
            throw new InvalidLinesException(file, "cannot be read: " + e.getMessage());
        }
    }

    /** @return how many there are */
    private static long values(Path file, InputStream content, LineVisitor visitor) throws IOException {
        byte[] start = FileKind.start(content);
        FileKind kind = FileKind.of(start);
        return switch (kind) {
            case MARKED_JSON -> {
                content.skipNBytes(3);
                yield values(file, content, visitor);
            }
            case ARRAY -> new JsonArrayReader(file, content, visitor).read();
            case LINES -> new LineReader(file, content, visitor, start).read();
            default -> throw new InvalidLinesException(file, kind.advice(file));
        };
    }

    static void requireNotInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted while reading a file");
        }
    }

    /**
     * @return null if there is no such field
     * @throws IllegalArgumentException if it is not a text, or a blank one
     */
    public static @Nullable String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isMissingNode() || value.isNull() ? null : JsonValues.text(value, field);
    }

    /**
     * Where a value stands.
     *
     * @param element whether the file is an array, and the place one of its elements
     * @param number from 1
     */
    public record Place(boolean element, long number) {
        @Override
        public String toString() {
            return (element ? "element " : "line ") + number;
        }
    }

    /** One object of a file. Its texts have neither NUL characters nor halves of surrogate pairs. */
    public record Line(Place place, JsonNode object) {}

    /** Takes a file's objects, one after the other. */
    @FunctionalInterface
    public interface Visitor {
        /** @throws IllegalArgumentException with what is wrong with the line */
        void visit(Line line);
    }

    /** Takes a file's objects, and the lines that are none. */
    public interface LineVisitor {
        void line(Line line);

        void malformed(Place place, String mistake);
    }

    /** A file with bad lines, or that is none of JSON lines: the message names the file and what is wrong. */
    public static final class InvalidLinesException extends RuntimeException {

        public InvalidLinesException(Path file, String mistakes) {
            super(file + ": " + mistakes);
        }
    }
}
