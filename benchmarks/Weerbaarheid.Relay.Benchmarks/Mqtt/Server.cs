using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>A broker in a process of its own, Mosquitto or a node, with its files in a folder that goes with it.</summary>
internal abstract class Server : IDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    private Process? _process;

    protected Server(string name)
    {
        Name = name;
        Folder = Directory.CreateTempSubdirectory($"bench-{name}-").FullName;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public string Name { get; }

    public int Port { get; }

    protected string Folder { get; }

    /// <summary>Resident memory, in MB of 2^20 bytes.</summary>
    public double ResidentMegabytes => Status("VmRSS:") / 1024;

    /// <summary>Processor time used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process!.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public int ProcessId => _process!.Id;

    /// <summary>Starts it, or starts it again on the same port with what it kept, and waits until it listens.</summary>
    public void Start()
    {
        var start = Describe();
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var process = Process.Start(start)!;
        process.OutputDataReceived += Ignore;
        process.ErrorDataReceived += Ignore;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        for (var began = Stopwatch.GetTimestamp(); !Listens(); Thread.Sleep(20))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > StartPatience)
                throw new InvalidOperationException($"{Name} does not listen on port {Port}; its files are in {Folder}.");
        }
    }

    /// <summary>SIGTERM, and waits until it is gone.</summary>
    public void Stop()
    {
        if (_process is not { } process) return;
        _process = null;
        using (process)
        {
            using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {process.Id.ToString(CultureInfo.InvariantCulture)}"]);
            if (!process.WaitForExit(StartPatience)) process.Kill();
        }
    }

    public void Dispose()
    {
        Stop();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>How its process is started.</summary>
    protected abstract ProcessStartInfo Describe();

    private static void Ignore(object sender, DataReceivedEventArgs line)
    {
        // What it says is read so that it does not stand still.
    }

    private bool Listens()
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private double Status(string name)
    {
        var line = File.ReadLines($"/proc/{ProcessId.ToString(CultureInfo.InvariantCulture)}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
