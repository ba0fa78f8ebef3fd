package dev.tribunal.languagemodel.decoder;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Wraps the text of a TorchScript class into the archive that {@code torch.jit.save} would write: a zip of the text
 * and of a pickle that makes one object with its attributes.
 */
final class ScriptArchive {

    private ScriptArchive() {}

    /**
     * @param resource with the class
     * @param productsResource with the functions that the class calls as {@code __torch__.products}
     * @param attributes of the class, beside {@code training}: an {@code Integer}, a {@code Double}, a {@code Boolean},
     *     or a list of them
     */
    static byte[] of(String className, String resource, String productsResource, Map<String, Object> attributes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            put(zip, "data.pkl", pickle(className, attributes));
            put(zip, "code/__torch__.py", text(resource));
            put(zip, "code/__torch__/products.py", text(productsResource));
            put(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'}); // protocol 2, an empty tuple
            put(zip, "version", "3\n".getBytes(UTF_8));
            put(zip, "byteorder", "little".getBytes(UTF_8));
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
        return bytes.toByteArray();
    }

    private static byte[] text(String resource) throws IOException {
        try (InputStream text = ScriptArchive.class.getResourceAsStream(resource)) {
            if (text == null) {
                throw new IllegalStateException("the class path lacks " + resource);
            }
            return text.readAllBytes();
        }
    }

    /** Pickle protocol 2 of an object of the class: an empty one, then its attributes as a dictionary. */
    private static byte[] pickle(String className, Map<String, Object> attributes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(new byte[] {(byte) 0x80, 2});
        out.write(("c__torch__\n" + className + "\n").getBytes(UTF_8)); // GLOBAL
        out.write(new byte[] {')', (byte) 0x81, '}', '('}); // EMPTY_TUPLE NEWOBJ EMPTY_DICT MARK
        text(out, "training");
        out.write(0x89); // NEWFALSE
        for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
            text(out, attribute.getKey());
            value(out, attribute.getValue());
        }
        out.write(new byte[] {'u', 'b', '.'}); // SETITEMS BUILD STOP
        return bytes.toByteArray();
    }

    private static void value(DataOutputStream out, Object value) throws IOException {
        switch (value) {
            case Integer whole -> {
                out.write('J'); // BININT, little endian
                out.writeInt(Integer.reverseBytes(whole));
            }
            case Double real -> {
                out.write('G'); // BINFLOAT, big endian
                out.writeDouble(real);
            }
            case Boolean flag -> out.write(flag ? 0x88 : 0x89); // NEWTRUE, NEWFALSE
            case List<?> list -> {
                out.write(new byte[] {']', '('}); // EMPTY_LIST MARK
                for (Object element : list) {
                    value(out, element);
                }
                out.write('e'); // APPENDS
            }
            default -> throw new IllegalArgumentException("no attribute of a script can be " + value);
        }
    }

    private static void text(DataOutputStream out, String value) throws IOException {
        byte[] bytes = value.getBytes(UTF_8);
        out.write('X'); // BINUNICODE
        out.writeInt(Integer.reverseBytes(bytes.length));
        out.write(bytes);
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry("llama/" + name);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
