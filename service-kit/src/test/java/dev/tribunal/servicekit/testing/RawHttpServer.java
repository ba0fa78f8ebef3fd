package dev.tribunal.servicekit.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * An HTTP server on a real socket that answers, byte for byte, what a test writes, or ends its connections as real ones
 * do: by a timer, by a reset, in an answer.
 */
public final class RawHttpServer implements AutoCloseable {

    /** How a connection ends. */
    public enum End {
        /** The server hangs up both ways. */
        CLOSE,
        /** It hangs up with a reset, as after a crash or by a load balancer. */
        RESET,
        /** It says that it will send no more, and still listens. */
        HALF_CLOSE
    }

    private final ServerSocket server;
    private final Manner manner;
    private final Function<String, String> answer;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    /** What happens to a connection. */
    public sealed interface Manner {

        /** After each answer the connection waits so long for the next request. */
        record Idle(Duration most, End end) implements Manner {}

        /** The request with this number on a connection, from 1, is read and never answered. */
        record Unanswered(int request, End end) implements Manner {}

        /** The answer with this number on a connection, from 1, ends after some of its bytes. */
        record Broken(int request, int bytes, End end) implements Manner {}

        /** HTTP/1.0 as Python's http.server speaks it: no keep-alive, and no length: the answer ends with the connection. */
        record Http10() implements Manner {}

        /** The test writes the answers itself. */
        record Scripted(Script script) implements Manner {}
    }

    /** What to do with a request. */
    @FunctionalInterface
    public interface Script {

        /** @param request its head and body */
        void answer(String request, OutputStream out) throws IOException, InterruptedException;
    }

    public RawHttpServer(Script script) {
        this(new Manner.Scripted(script), request -> "");
    }

    /** @param answer the body, JSON, for a request's head and body */
    public RawHttpServer(Manner manner, Function<String, String> answer) {
        this.manner = manner;
        this.answer = answer;
        try {
            server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Heads and bodies, in the order in which they came. */
    public List<String> requests() {
        return requests;
    }

    /** Connections that were made so far. */
    public int connections() {
        return connections.get();
    }

    /** Connections that this server has ended so far. */
    public int ended() {
        return ended.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                if (server.isClosed()) { // by somebody who may not have seen this socket
                    hangUp(socket);
                    return;
                }
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int number = 1; ; number++) {
                if (manner instanceof Manner.Idle idle && number > 1) {
                    socket.setSoTimeout((int) Math.max(1, idle.most().toMillis()));
                }
                String request;
                try {
                    request = read(in, socket);
                } catch (SocketTimeoutException silence) {
                    end(socket, ((Manner.Idle) manner).end());
                    return;
                }
                if (request.isEmpty()) {
                    socket.close();
                    return;
                }
                requests.add(request);
                if (!answered(socket, number, request)) {
                    return;
                }
            }
        } catch (IOException gone) {
            hangUp(socket); // the client left, the test is over, or its script wants it so
        } catch (InterruptedException e) {
            hangUp(socket);
            Thread.currentThread().interrupt();
        }
    }

    private static void hangUp(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return whether the connection goes on */
    private boolean answered(Socket socket, int number, String request) throws IOException, InterruptedException {
        OutputStream out = socket.getOutputStream();
        byte[] body = answer.apply(request).getBytes(StandardCharsets.UTF_8);
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        switch (manner) {
            case Manner.Unanswered unanswered
            when unanswered.request() == number -> {
                end(socket, unanswered.end());
                return false;
            }
            case Manner.Broken broken
            when broken.request() == number -> {
                byte[] whole = new byte[head.length + body.length];
                System.arraycopy(head, 0, whole, 0, head.length);
                System.arraycopy(body, 0, whole, head.length, body.length);
                out.write(whole, 0, broken.bytes() < 0 ? head.length : broken.bytes());
                out.flush();
                end(socket, broken.end());
                return false;
            }
            case Manner.Http10 old -> {
                out.write("HTTP/1.0 200 OK\r\nServer: old\r\nContent-Type: application/json\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(body);
                end(socket, End.CLOSE);
                return false;
            }
            case Manner.Scripted(Script script) -> {
                script.answer(request, out);
                return true;
            }
            case Manner.Idle idle -> {}
            case Manner.Unanswered other -> {}
            case Manner.Broken other -> {}
        }
        out.write(head);
        out.write(body);
        out.flush();
        return true;
    }

    private void end(Socket socket, End end) throws IOException {
        switch (end) {
            case CLOSE -> socket.close();
            case RESET -> {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            case HALF_CLOSE -> socket.shutdownOutput();
        }
        ended.incrementAndGet();
    }

    private static String read(InputStream in, Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.append((char) next);
            socket.setSoTimeout(0); // it has begun
        }
        int length = head.toString()
                .lines()
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(
                        line.substring("content-length:".length()).strip()))
                .findFirst()
                .orElse(0);
        return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
