package io.thermocline.testkit.schedule;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Puts calls of {@link Schedule} into a class. */
final class TurnsInClass extends ClassVisitor {
  private static final int API = Opcodes.ASM9;
  private static final String SCHEDULE = Type.getInternalName(Schedule.class);
  private static final List<String> SHARED =
      List.of("java/util/concurrent/", "java/nio/channels/", "java/nio/file/Files");

  private static final Handle JOIN =
      new Handle(
          Opcodes.H_INVOKESTATIC,
          SCHEDULE,
          "join",
          "(Ljava/util/concurrent/CompletableFuture;)Ljava/lang/Object;",
          false);

  private final BiPredicate<String, String> isChanging;
  private String className;

  /**
   * @param isChanging of a class and its field: whether a thread may see it change
   */
  TurnsInClass(ClassVisitor next, BiPredicate<String, String> isChanging) {
    super(API, next);
    this.isChanging = isChanging;
  }

  /** The fields of a class that are not final. */
  static Set<String> changingFields(ClassReader reader) {
    Set<String> fields = new HashSet<>();
    reader.accept(
        new ClassVisitor(API) {
          @Override
          public FieldVisitor visitField(
              int access, String name, String type, String signature, Object value) {
            if ((access & Opcodes.ACC_FINAL) == 0) {
              boolean unused = fields.add(name);
            }
            return null;
          }
        },
        ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return fields;
  }

  @Override
  public void visit(
      int version, int access, String name, String signature, String parent, String[] interfaces) {
    className = name;
    super.visit(version, access, name, signature, parent, interfaces);
  }

  @Override
  public MethodVisitor visitMethod(
      int access, String name, String type, String signature, String[] exceptions) {
    if ((access & Opcodes.ACC_SYNCHRONIZED) == 0) {
      return new Turns(super.visitMethod(access, name, type, signature, exceptions), name);
    }
    int plain = access & ~Opcodes.ACC_SYNCHRONIZED;
    String body = name + "$locked";
    writeLocking(super.visitMethod(plain, name, type, signature, exceptions), plain, body, type);
    int hidden =
        (plain & ~(Opcodes.ACC_PUBLIC | Opcodes.ACC_PROTECTED | Opcodes.ACC_BRIDGE))
            | Opcodes.ACC_PRIVATE;
    return new Turns(super.visitMethod(hidden, body, type, null, exceptions), body);
  }

  /** A method that takes the lock, calls the body, and gives the lock back. */
  private void writeLocking(MethodVisitor out, int access, String body, String type) {
    boolean isStatic = (access & Opcodes.ACC_STATIC) != 0;
    Label start = new Label();
    Label end = new Label();
    Label failed = new Label();
    out.visitCode();
    out.visitTryCatchBlock(start, end, failed, null);
    loadLock(out, isStatic);
    call(out, "enter", "(Ljava/lang/Object;)V");
    out.visitLabel(start);
    Object[] locals = loadArguments(out, isStatic, type);
    out.visitMethodInsn(
        isStatic ? Opcodes.INVOKESTATIC : Opcodes.INVOKESPECIAL, className, body, type, false);
    out.visitLabel(end);
    loadLock(out, isStatic);
    call(out, "exit", "(Ljava/lang/Object;)V");
    out.visitInsn(Type.getReturnType(type).getOpcode(Opcodes.IRETURN));
    out.visitLabel(failed);
    out.visitFrame(Opcodes.F_FULL, locals.length, locals, 1, new Object[] {"java/lang/Throwable"});
    loadLock(out, isStatic);
    call(out, "exit", "(Ljava/lang/Object;)V");
    out.visitInsn(Opcodes.ATHROW);
    out.visitMaxs(0, 0);
    out.visitEnd();
  }

  private void loadLock(MethodVisitor out, boolean isStatic) {
    if (isStatic) {
      out.visitLdcInsn(Type.getObjectType(className));
    } else {
      out.visitVarInsn(Opcodes.ALOAD, 0);
    }
  }

  /** Loads what the method was called with; says what that is, as a frame does. */
  private Object[] loadArguments(MethodVisitor out, boolean isStatic, String type) {
    Type[] arguments = Type.getArgumentTypes(type);
    Object[] locals = new Object[arguments.length + (isStatic ? 0 : 1)];
    int at = 0;
    int slot = 0;
    if (!isStatic) {
      out.visitVarInsn(Opcodes.ALOAD, slot++);
      locals[at++] = className;
    }
    for (Type argument : arguments) {
      out.visitVarInsn(argument.getOpcode(Opcodes.ILOAD), slot);
      slot += argument.getSize();
      locals[at++] = inFrame(argument);
    }
    return locals;
  }

  private static Object inFrame(Type type) {
    return switch (type.getSort()) {
      case Type.LONG -> Opcodes.LONG;
      case Type.DOUBLE -> Opcodes.DOUBLE;
      case Type.FLOAT -> Opcodes.FLOAT;
      case Type.OBJECT, Type.ARRAY -> type.getInternalName();
      default -> Opcodes.INTEGER;
    };
  }

  private static void call(MethodVisitor out, String method, String type) {
    out.visitMethodInsn(Opcodes.INVOKESTATIC, SCHEDULE, method, type, false);
  }

  /** Puts the calls into a method. */
  private final class Turns extends MethodVisitor {
    private final String method;

    Turns(MethodVisitor next, String method) {
      super(API, next);
      this.method = method;
    }

    /** Others would wait for the class in a way nobody knows of. */
    private boolean isStaticStart() {
      return method.equals("<clinit>");
    }

    @Override
    public void visitCode() {
      super.visitCode();
      if (isStaticStart()) {
        super.visitInsn(Opcodes.ICONST_1);
        call(mv, "quiet", "(I)V");
      }
    }

    @Override
    public void visitInsn(int opcode) {
      if (opcode == Opcodes.MONITORENTER) {
        call(mv, "enter", "(Ljava/lang/Object;)V");
      } else if (opcode == Opcodes.MONITOREXIT) {
        call(mv, "exit", "(Ljava/lang/Object;)V");
      } else {
        if (opcode == Opcodes.RETURN && isStaticStart()) {
          super.visitInsn(Opcodes.ICONST_M1);
          call(mv, "quiet", "(I)V");
        }
        super.visitInsn(opcode);
      }
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String type) {
      // What is being made nobody else has.
      if (!method.equals("<init>") && isChanging.test(owner, name)) {
        call(mv, "point", "()V");
      }
      super.visitFieldInsn(opcode, owner, name, type);
    }

    /** As a method reference: {@code CompletableFuture::join}. */
    @Override
    public void visitInvokeDynamicInsn(
        String name, String type, Handle bootstrap, Object... arguments) {
      Object[] replaced =
          Arrays.stream(arguments)
              .map(each -> each instanceof Handle handle && isJoin(handle) ? JOIN : each)
              .toArray();
      super.visitInvokeDynamicInsn(name, type, bootstrap, replaced);
    }

    private static boolean isJoin(Handle handle) {
      return isJoin(handle.getOwner(), handle.getName());
    }

    private static boolean isJoin(String owner, String name) {
      return owner.equals("java/util/concurrent/CompletableFuture") && name.equals("join");
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String type, boolean isInterface) {
      if (isJoin(owner, name)) {
        call(mv, JOIN.getName(), JOIN.getDesc());
      } else if (owner.equals("java/util/concurrent/Semaphore")
          && name.equals("acquireUninterruptibly")
          && type.equals("()V")) {
        call(mv, "acquire", "(Ljava/util/concurrent/Semaphore;)V");
      } else if (owner.equals("java/util/UUID") && name.equals("randomUUID")) {
        call(mv, "randomUuid", "()Ljava/util/UUID;");
      } else {
        if (!name.equals("<init>") && SHARED.stream().anyMatch(owner::startsWith)) {
          call(mv, "point", "()V");
        }
        super.visitMethodInsn(opcode, owner, name, type, isInterface);
      }
    }
  }
}
