package dev.tribunal.judge.rules.code.sandboxed;

import java.util.Map;

/** Classes of a program, which know the JDK and nothing else but the wire, where they are stubs. */
final class Loader extends ClassLoader {

    private final Map<String, byte[]> classes;
    private final boolean stubs;

    Loader(Map<String, byte[]> classes, boolean stubs) {
        super(ClassLoader.getPlatformClassLoader());
        this.classes = classes;
        this.stubs = stubs;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = classes.get(name);
        if (bytes != null) {
            return defineClass(name, bytes, 0, bytes.length);
        }
        if (stubs && name.startsWith(Peer.class.getName()) || name.equals(CompletionRunner.Exit.class.getName())) {
            return Class.forName(name, false, Loader.class.getClassLoader());
        }
        throw new ClassNotFoundException(name);
    }
}
