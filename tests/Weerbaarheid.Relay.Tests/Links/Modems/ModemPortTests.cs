using System.IO.Ports;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>Whatever keeps a port from being used is one sentence that says what to do.</summary>
[SupportedOSPlatform("linux")]
public sealed class ModemPortTests
{
    private const uint Nobody = 65_534;

    [Fact]
    public void A_port_in_use_by_a_relay_is_not_shared()
    {
        using var pty = new Pty();
        using (Opened(pty.Path))
            Assert.Equal($"another program has '{pty.Path}' open: stop it (ModemManager, a terminal program, a second relay?), or name another port", Refused(pty.Path));
        Opened(pty.Path).Dispose();
    }

    [Fact]
    public void A_port_that_another_program_keeps_for_itself_is_not_taken_by_root_either()
    {
        using var pty = new Pty();
        using (var other = new SerialPort(pty.Path))
        {
            other.Open();
            Assert.StartsWith($"another program has '{pty.Path}' open", Refused(pty.Path), StringComparison.Ordinal);
        }

        Opened(pty.Path).Dispose();
    }

    /// <summary>The program behind a pseudo-terminal may keep it open, and with it whatever was set there: a relay that was killed must find it free.</summary>
    [Fact]
    public void What_outlives_a_crash_is_not_set_on_a_pseudo_terminal()
    {
        using var pty = new Pty();
        using var opened = Opened(pty.Path);
        using var look = Libc.Open(pty.Path, Libc.OpenPort);
        Assert.Equal(0, Libc.Control(look, Libc.IsExcluded, out var excluded));
        Assert.Equal(0, excluded);
    }

    [Fact]
    public void Without_permission_the_group_is_named()
    {
        using var pty = new Pty();
        File.SetUnixFileMode(pty.Path, UnixFileMode.None);
        Assert.Equal(
            $"this account may not use '{pty.Path}': add it to the group dialout (sudo usermod -aG dialout {Environment.UserName}) and start again",
            AsNobody(() => Refused(pty.Path)));
    }

    [Theory]
    [InlineData("/dev/null", "'/dev/null' is not a serial port: name the modem's, one of /dev/serial/by-id/*")]
    [InlineData("/dev/weg", "there is no port '/dev/weg': plug the modem in, or name its port, one of /dev/serial/by-id/*")]
    [InlineData("/dev", "'/dev' cannot be opened (Is a directory): see that it is the modem's port")]
    public void What_is_no_port_is_called_so(string path, string sentence) => Assert.Equal(sentence, Refused(path));

    [Theory]
    [InlineData(19, "there is no modem behind '/dev/x' any more: plug it in again")]
    [InlineData(5, "there is no modem behind '/dev/x' any more: plug it in again")]
    [InlineData(16, "another program has '/dev/x' open: stop it (ModemManager, a terminal program, a second relay?), or name another port")]
    public void Errors_that_only_hardware_gives_have_their_sentence_too(int error, string sentence) => Assert.Equal(sentence, ModemPort.Sentence(error, "/dev/x"));

    [Theory]
    [InlineData("/dev/ttyUSB0", true)]
    [InlineData("tcp://127.0.0.1:8001", true)]
    [InlineData("tcp://tnc.local:8001/", true)]
    [InlineData("tcp://[::1]:8001", true)]
    [InlineData("ttyUSB0", false)]
    [InlineData("COM3", false)]
    [InlineData("/", false)]
    [InlineData("tcp://tnc", false)]
    [InlineData("tcp://:8001", false)]
    [InlineData("tcp://tnc:99999", false)]
    [InlineData("tcp://tnc:8001/kiss", false)]
    [InlineData("tcp://user@tnc:8001", false)]
    public void A_port_is_a_full_path_or_an_address(string port, bool possible) => Assert.Equal(possible, ModemPort.IsPossible(port));

    /// <summary>The bytes 0 to 255 pass unchanged: the terminal does not edit, echo or stop anything.</summary>
    [Fact]
    public async Task The_line_is_transparent()
    {
        using var pty = new Pty();
        await using var port = Opened(pty.Path);
        var bytes = Enumerable.Range(0, 256).Select(value => (byte)value).ToArray();
        Assert.Equal(256, Libc.Write(pty.Master, in bytes[0], 256));
        var back = new byte[256];
        await port.ReadExactlyAsync(back).AsTask().WaitAsync(Eventually.Limit);
        Assert.Equal(bytes, back);
        await port.WriteAsync(bytes).AsTask().WaitAsync(Eventually.Limit);
        Array.Clear(back);
        Assert.Equal(256, Libc.Read(pty.Master, ref back[0], 256));
        Assert.Equal(bytes, back);
    }

    [Fact]
    public async Task A_read_that_waits_ends_when_it_is_cancelled_or_the_port_is_closed()
    {
        using var pty = new Pty();
        var port = Opened(pty.Path);
        using var cancel = new CancellationTokenSource();
        var first = port.ReadAsync(new byte[10], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Eventually.Limit));
        var second = port.ReadAsync(new byte[10]).AsTask();
        await port.DisposeAsync();
        Assert.Same(second, await Task.WhenAny(second, Task.Delay(Eventually.Limit)));
    }

    private static Stream Opened(string path)
    {
        var opened = ModemPort.OpenDevice(path, 9_600);
        Assert.Equal("", opened.Reason);
        return opened.Stream!;
    }

    private static string Refused(string path)
    {
        var opened = ModemPort.OpenDevice(path, 9_600);
        opened.Stream?.Dispose();
        Assert.Null(opened.Stream);
        return opened.Reason;
    }

    /// <summary>Root may do everything, so on a thread of its own the account is changed for what concerns files (setfsuid(2)).</summary>
    private static T AsNobody<T>(Func<T> look)
    {
        var result = default(T);
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            _ = SetFileUser(Nobody);
            try
            {
                result = look();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new AggregateException(failure);
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    private static extern int SetFileUser(uint user);
}
