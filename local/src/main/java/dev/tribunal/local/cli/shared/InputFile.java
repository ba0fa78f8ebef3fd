package dev.tribunal.local.cli.shared;

import dev.tribunal.servicekit.files.OwnedFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Function;

/** A file that a command is given with {@code -f}; {@code -} is standard input. */
public final class InputFile {

    static final String PURPOSE = "input";

    /** Of a spec or a registration; data files are read line by line and may be larger. */
    private static final int MAX_BYTES = 16 << 20;

    private InputFile() {}

    public static boolean isStandardInput(Path file) {
        return file.toString().equals("-");
    }

    public static String name(Path file) {
        return isStandardInput(file) ? "standard input" : file.toString();
    }

    /** @throws CommandException if it cannot be read, is too large or is not UTF-8 */
    public static String text(Path file) {
        try (InputStream in = open(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new CommandException(
                        name(file) + " is larger than " + (MAX_BYTES >> 20) + " MB, which no spec or registration is");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (NoSuchFileException e) {
            throw new CommandException("there is no file " + file, e);
        } catch (AccessDeniedException e) {
            throw new CommandException("you may not read " + file, e);
        } catch (CharacterCodingException e) {
            throw new CommandException(name(file) + " is not UTF-8 text; convert it, for example with iconv", e);
        } catch (IOException e) {
            throw new CommandException("cannot read " + name(file) + ": " + e.getMessage(), e);
        }
    }

    private static InputStream open(Path file) throws IOException {
        if (isStandardInput(file)) {
            return System.in;
        }
        if (Files.isDirectory(file)) {
            throw new CommandException(file + " is a folder, not a file");
        }
        return Files.newInputStream(file);
    }

    /**
     * Reads what takes a file by its path.
     *
     * @param read given the file, or one that has all of standard input while it is read
     */
    public static <T> T read(Path file, Function<Path, T> read) {
        if (!isStandardInput(file)) {
            return read.apply(file);
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        OwnedFolder.sweep(temporary, PURPOSE, left -> {});
        try (OwnedFolder folder = OwnedFolder.create(temporary, PURPOSE)) {
            Path copy = folder.path().resolve("standard-input");
            Files.copy(System.in, copy);
            return read.apply(copy);
        } catch (IOException e) {
            throw new CommandException("cannot read standard input: " + e.getMessage(), e);
        }
    }
}
