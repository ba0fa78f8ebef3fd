package dev.tribunal.servicekit.files;

import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** A file's content, and no more of it than is allowed: a small gzip file may unpack to any size. */
final class BoundedStream extends FilterInputStream {

    private final Path file;
    private final long most;
    private long read;

    BoundedStream(Path file, InputStream content, long most) {
        super(new BufferedInputStream(content));
        this.file = file;
        this.most = most;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        count(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
        int got = super.read(bytes, from, count);
        count(Math.max(got, 0));
        return got;
    }

    private void count(int bytes) {
        read += bytes;
        if (read > most) {
            throw new InvalidLinesException(
                    file, "has more than " + (most >> 30) + " GiB of content; split it, and use one part");
        }
    }
}
